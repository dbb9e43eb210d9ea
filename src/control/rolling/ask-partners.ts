/**
 * What the other signers' nameservers publish: their DNSKEY set and CDS, asked of each name in the zone's NS set that is none of
 * ours. Whoever serves our own set (signed-by-us.ts) serves our version, under another name: no other signer.
 */
import { fail, ok, type Result } from "#bytes";
import { rrsetRdatas, type ZoneImage } from "#image";
import { type Message, Rcode } from "#message";
import { type Name, nameEquals, nameHash, printName, readName } from "#name";
import { printAddress, printSocketAddress, type SocketAddress } from "#net";
import { RRType } from "#rdata";
import { apexRdatas } from "../image-facts.ts";
import type { Exchange, ExchangeFault } from "../parent/exchange.ts";
import { rcodeText } from "../parent/exchange.ts";
import { findAddresses, isAuthoritative, MAX_ADDRESSES_OF_SERVER, rdatasOf } from "../parent/find-parent.ts";
import { isSignedByUs, type OurKeys } from "./signed-by-us.ts";

/** What one nameserver says. */
export type PartnerSaying = {
  /** Without the final dot. */
  readonly name: string;
  /** `ADDRESS:PORT` of who said it. */
  readonly server: string;
  readonly dnskey: readonly Uint8Array[];
  /** How long caches hold the DNSKEY set; 0 where there is none. */
  readonly dnskeySeconds: number;
  readonly cds: readonly Uint8Array[];
};

export type PartnerAnswer = {
  readonly sayings: readonly PartnerSaying[];
  /** Those that gave no usable answer. */
  readonly silent: readonly { readonly name: string; readonly fault: ExchangeFault }[];
};

/** More nameservers than a zone has; the rest is not asked. */
const MAX_PARTNER_SERVERS = 16;

/** A week: no cache is to hold what a TTL beyond it asks for (RFC 8767 section 4), and no partner's slip holds a rollover up for years. */
const MAX_PARTNER_TTL_SECONDS = 7 * 86_400;
const MAX_TTL = 2 ** 31 - 1;

/** The longest that caches hold records of other signers with these TTLs, as they came; with the top bit set they count as 0 (RFC 2181 section 8). */
export function cachedSeconds(ttls: readonly number[]): number {
  let longest = 0;
  for (const ttl of ttls) if (ttl <= MAX_TTL) longest = Math.max(longest, ttl);
  return Math.min(longest, MAX_PARTNER_TTL_SECONDS);
}

export type PartnerQuestion = OurKeys & {
  /** As transferred: its NS set, and addresses of names within the zone. */
  readonly image: ZoneImage;
  /** Of our nameservers. */
  readonly ourNames: readonly string[];
  readonly resolver: SocketAddress | undefined;
  readonly port: number;
};

/** All at once; each name counts once, by its first address that gives a usable answer. */
export async function askPartners(question: PartnerQuestion, exchange: Exchange): Promise<PartnerAnswer> {
  const ours = question.ourNames.flatMap((text) => {
    const name = readName(text);
    return name.ok ? [name.value] : [];
  });
  const names = apexRdatas(question.image, RRType.NS)
    .filter((name: Name) => !ours.some((each) => nameEquals(each, name)))
    .slice(0, MAX_PARTNER_SERVERS);
  const answers = await Promise.all(names.map((name) => askName(name, question, exchange)));
  const sayings: PartnerSaying[] = [];
  const silent: { name: string; fault: ExchangeFault }[] = [];
  for (const [i, answer] of answers.entries()) {
    if (!answer.ok) silent.push({ name: shown(names[i]!), fault: answer.error });
    else if (answer.value) sayings.push(answer.value);
  }
  return { sayings, silent };
}

function shown(name: Name): string {
  return printName(name).replace(/\.$/, "");
}

/** Undefined: it is a server of ours. */
async function askName(
  name: Name,
  question: PartnerQuestion,
  exchange: Exchange,
): Promise<Result<PartnerSaying | undefined, ExchangeFault>> {
  const { apex } = question;
  let last: ExchangeFault = { code: "partner.no-addresses", text: "its name has no address" };
  for (const address of await addressesOf(name, question, exchange)) {
    const keys = await ask(apex, RRType.DNSKEY, address, exchange);
    if (!keys.ok) {
      last = keys.error;
      continue;
    }
    const dnskey = rdatasOf(keys.value, apex, RRType.DNSKEY);
    if (isSignedByUs(keys.value, question)) return ok(undefined);
    const requests = await ask(apex, RRType.CDS, address, exchange);
    const ttls = keys.value.answer.filter(({ type }) => type === RRType.DNSKEY).map(({ ttl }) => ttl);
    return ok({
      name: shown(name),
      server: printSocketAddress(address),
      dnskey,
      dnskeySeconds: cachedSeconds(ttls),
      cds: requests.ok ? rdatasOf(requests.value, apex, RRType.CDS) : [],
    });
  }
  return fail(last);
}

async function ask(
  name: Name,
  type: number,
  address: SocketAddress,
  exchange: Exchange,
): Promise<Result<Message, ExchangeFault>> {
  const answer = await exchange({ name, type, recursion: false }, address);
  if (!answer.ok) return answer;
  const where = printSocketAddress(address);
  if (answer.value.rcode !== Rcode.NoError) {
    return fail({ code: "partner.rcode", text: `${where}: ${rcodeText(answer.value)}` });
  }
  if (!isAuthoritative(answer.value)) {
    return fail({ code: "partner.not-authoritative", text: `${where}: not an authoritative answer` });
  }
  return answer;
}

/** Names within the zone have theirs in it, where nobody has to be asked. */
async function addressesOf(name: Name, question: PartnerQuestion, exchange: Exchange): Promise<SocketAddress[]> {
  const { image, resolver, port } = question;
  const node = image.findNode(nameHash(name), name, 0);
  const refs = node === 0 ? [] : [RRType.A, RRType.AAAA].map((type) => image.findRRset(node, type));
  const here = refs.flatMap((ref) => (ref === 0 ? [] : rrsetRdatas(image, ref).slice(0, MAX_ADDRESSES_OF_SERVER)));
  if (here.length > 0) return here.map((rdata) => ({ address: printAddress(rdata), port }));
  return resolver ? [...(await findAddresses(name, exchange, resolver, port))] : [];
}

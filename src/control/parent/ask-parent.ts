/** What the parent publishes about a zone: DS and NS, asked of its own nameservers, never of a cache while one of them answers. */
import { fail, ok, type Result } from "#bytes";
import { type Message, Rcode } from "#message";
import { isSubdomain, type Name, nameEquals, printName } from "#name";
import { printSocketAddress, type SocketAddress } from "#net";
import { RRClass, RRType } from "#rdata";
import { type Exchange, type ExchangeFault, rcodeText } from "./exchange.ts";
import { isAuthoritative, type ParentServer, type ParentZone, rdatasOf } from "./find-parent.ts";

/** What one nameserver of the parent says. */
export type ParentSaying = {
  /** `ADDRESS:PORT` of who said it. */
  readonly server: string;
  /** DS RDATAs; empty when it says that there are none. */
  readonly ds: readonly Uint8Array[];
  /** Names that the zone is delegated to; undefined when it did not say. */
  readonly delegatedTo: readonly Name[] | undefined;
  /** Seconds; undefined where there is no such RRset. */
  readonly ttls: { readonly ds: number | undefined; readonly ns: number | undefined };
};

export type ParentAnswer = {
  readonly sayings: readonly ParentSaying[];
  /** `resolver` when none of the parent's own servers could be used. */
  readonly from: "parent" | "resolver";
  readonly faults: readonly ExchangeFault[];
};

/** A resolver's are those that are left of it. */
const NO_TTLS = { ds: undefined, ns: undefined };

/** All servers at once; each name counts once, by its first address that gives a usable answer. */
export async function askParent(zone: Name, parent: ParentZone, exchange: Exchange): Promise<ParentAnswer> {
  const results = await Promise.all(parent.servers.map((server) => askServer(zone, parent.apex, server, exchange)));
  const sayings: ParentSaying[] = [];
  const faults: ExchangeFault[] = [];
  for (const result of results) {
    if (result.ok) sayings.push(result.value);
    else faults.push(result.error);
  }
  return { sayings, from: "parent", faults };
}

/** The resolver's own word for it: may be as old as the DS's TTL. */
export async function askResolver(
  zone: Name,
  exchange: Exchange,
  resolver: SocketAddress,
): Promise<Result<ParentAnswer, ExchangeFault>> {
  const answer = await exchange({ name: zone, type: RRType.DS, recursion: true }, resolver);
  if (!answer.ok) return answer;
  const { rcode } = answer.value;
  if (rcode !== Rcode.NoError && rcode !== Rcode.NxDomain) {
    const text = `the resolver answers ${rcodeText(answer.value)} for ${printName(zone)} DS`;
    return fail({ code: "parent.resolver", text });
  }
  const ds = rdatasOf(answer.value, zone, RRType.DS);
  return ok({
    sayings: [{ server: printSocketAddress(resolver), ds, delegatedTo: undefined, ttls: NO_TTLS }],
    from: "resolver",
    faults: [],
  });
}

async function askServer(
  zone: Name,
  parentApex: Name,
  server: ParentServer,
  exchange: Exchange,
): Promise<Result<ParentSaying, ExchangeFault>> {
  let last: ExchangeFault = { code: "parent.no-addresses", text: printName(server.name) };
  for (const address of server.addresses) {
    const answer = await exchange({ name: zone, type: RRType.DS, recursion: false }, address);
    const ds = answer.ok ? judgeDs(answer.value, zone, parentApex) : answer;
    if (!ds.ok) {
      last = {
        code: ds.error.code,
        text: `${printName(server.name)} (${printSocketAddress(address)}): ${ds.error.text}`,
      };
      continue;
    }
    const referral = await exchange({ name: zone, type: RRType.NS, recursion: false }, address);
    const delegatedTo = referral.ok ? delegationIn(referral.value, zone) : undefined;
    const ttls = {
      ds: answer.ok ? ttlIn(answer.value, zone, RRType.DS) : undefined,
      ns: referral.ok ? ttlIn(referral.value, zone, RRType.NS) : undefined,
    };
    return ok({ server: printSocketAddress(address), ds: ds.value, delegatedTo, ttls });
  }
  return fail(last);
}

/**
 * The DS RRset in an answer of the parent's side. A server that knows the zone itself as well may answer from there
 * ("no DS at my apex"): the SOA tells the two apart (RFC 4035 section 3.1.4.1).
 */
export function judgeDs(message: Message, zone: Name, parentApex: Name): Result<readonly Uint8Array[], ExchangeFault> {
  if (message.rcode !== Rcode.NoError && message.rcode !== Rcode.NxDomain) {
    return fail({ code: "parent.rcode", text: rcodeText(message) });
  }
  if (!isAuthoritative(message)) return fail({ code: "parent.not-authoritative", text: "not an authoritative answer" });
  const ds = rdatasOf(message, zone, RRType.DS);
  if (ds.length > 0) return ok(ds);
  const soa = message.authority.find((record) => record.type === RRType.SOA && record.class === RRClass.IN);
  if (!soa) return fail({ code: "parent.no-proof", text: "neither a DS nor the SOA of a negative answer" });
  if (!nameEquals(soa.owner, parentApex) || !isSubdomain(zone, soa.owner)) {
    return fail({ code: "parent.other-zone", text: `answered from the zone ${printName(soa.owner)}` });
  }
  return ok([]);
}

function ttlIn(message: Message, zone: Name, type: number): number | undefined {
  const records = [...message.answer, ...message.authority];
  return records.find((record) => record.type === type && nameEquals(record.owner, zone))?.ttl;
}

/** The NS names of a referral, or of an answer where the server has the zone itself too; undefined when there are none. */
export function delegationIn(message: Message, zone: Name): readonly Name[] | undefined {
  if (message.rcode === Rcode.NxDomain) return [];
  if (message.rcode !== Rcode.NoError) return undefined;
  const names: Name[] = [];
  for (const record of [...message.authority, ...message.answer]) {
    if (record.type !== RRType.NS || record.class !== RRClass.IN || !nameEquals(record.owner, zone)) continue;
    const { rdata } = record;
    if (rdata) names.push(rdata);
  }
  if (names.length > 0) return names;
  return isAuthoritative(message) ? [] : undefined;
}

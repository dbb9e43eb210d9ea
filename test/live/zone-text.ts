/**
 * A served zone put together again from its answers: every RRset of every name asked for with DO. Not a transfer, so it shows
 * what the world is told. Names come in lower case (the canonical form), RDATA in the form for unknown types (RFC 3597).
 */
import { typeCode } from "#rdata";
import { decodeReply, type Rr, showName } from "../differential/decode.ts";
import { askAllTcp, type Server } from "../peers/index.ts";

const NS = 2;
const A = 1;
const AAAA = 28;
const RRSIG = 46;
const NSEC = 47;
const DNSKEY = 48;
const CDS = 59;
const CDNSKEY = 60;

/**
 * @param apex absolute
 * @param flat the zone before it was signed, absolute names, one record a line: says which names and types to ask for
 */
export async function collectZone(server: Server, apex: string, flat: string): Promise<string> {
  const wanted = new Map<string, { name: string; type: number; edns: { do: true } }>();
  const want = (name: string, type: number): void => {
    wanted.set(`${name.toLowerCase()} ${type}`, { name, type, edns: { do: true } });
  };
  for (const type of [DNSKEY, CDS, CDNSKEY, NSEC]) want(apex, type);
  for (const line of flat.split("\n")) {
    const [owner, , , type] = line.split(/\s+/);
    const code = owner && type ? typeCode(type) : undefined;
    if (!owner || code === undefined) continue;
    want(owner, code);
    want(owner, NSEC);
  }
  const questions = [...wanted.values()];
  const lines = new Set<string>();
  for (const [i, octets] of (await askAllTcp(server, questions)).entries()) {
    const { name, type } = questions[i]!;
    const reply = decodeReply(octets);
    const glue = reply.additional.filter((rr) => rr.type === A || rr.type === AAAA);
    const referral = reply.flags.aa ? [] : [...reply.authority, ...glue];
    const owned = reply.answer.filter((rr) => showName(rr.owner) === name.toLowerCase() && fits(rr, type));
    for (const rr of [...owned, ...referral]) lines.add(printRr(rr));
    if (type === NS && referral.length === 0 && owned.length === 0) throw new Error(`no NS of ${name}`);
  }
  return `${[...lines].join("\n")}\n`;
}

/** The set that was asked for and its signatures; not what a chain led to. */
function fits(rr: Rr, type: number): boolean {
  return rr.type === type || (rr.type === RRSIG && Number.parseInt(rr.rdata.slice(0, 4), 16) === type);
}

function printRr(rr: Rr): string {
  return `${showName(rr.owner)} ${rr.ttl} IN TYPE${rr.type} \\# ${rr.rdata.length / 2} ${rr.rdata}`;
}

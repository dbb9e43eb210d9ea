/**
 * What a live-signed zone has to answer, from what other people's servers answer for the same zone unsigned: the same
 * data and RCODE, signatures and denials aside.
 *
 *   DO=0      the same as unsigned
 *   DO=1      the same once RRSIG, NSEC, NSEC3 and the DS of referrals are taken out; compact: NXDOMAIN became NOERROR
 *   DO=1 CO   (compact, RFC 9824 section 5.1) NXDOMAIN again, and CO in the answer
 */
import { compareReplies, isReferral } from "../differential/compare.ts";
import { decodeReply, type Reply, type Rr } from "../differential/decode.ts";
import { Problems } from "../differential/run.ts";
import { askAllTcp, type Question, type Server } from "../peers/index.ts";

export type Denial = "compact" | "nsec3" | "chain";

const NOERROR = 0;
const NXDOMAIN = 3;
const REFUSED = 5;
const YXDOMAIN = 6;
const OPT = 41;
const DS = 43;
const RRSIG = 46;
const NSEC = 47;
const DNSKEY = 48;
const NSEC3 = 50;
const NSEC3PARAM = 51;
const CDS = 59;
const CDNSKEY = 60;
const ANY = 255;

const DO = 0x8000;
const CO = 0x4000;

/** Types whose answer is another one as soon as a zone is signed: they have checks of their own. */
const OF_DNSSEC = new Set([RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, CDNSKEY, ANY]);

/** A DNAME to a name below itself: everybody ends the chain somewhere else. */
const ENDLESS = /\.dnameself\.odd\.example\.$/i;

export type Expectation = { readonly compared: number; readonly missing: number; readonly wrong: Problems };

/**
 * Every question three times (without DO, with DO, with DO and CO), ours against the unsigned zone's servers. Where those
 * disagree (how far chains are followed, names that get too long) it has to be as one of them has it; which one is right
 * is the business of test/differential.
 * @param apex lower-cased wire octets in hex
 */
export async function compareWithUnsigned(
  apex: string,
  questions: readonly Question[],
  ours: Server,
  unsigned: readonly Server[],
  denial: Denial,
): Promise<Expectation> {
  const asked = questions.filter(({ name, type }) => !OF_DNSSEC.has(type) && !ENDLESS.test(name));
  const plain = asked.map(({ name, type }) => ({ name, type, edns: {} }));
  const right: Reply[][] = [];
  for (const server of unsigned) right.push((await askAllTcp(server, plain)).map(decodeReply));
  const wrong = new Problems();
  for (const flags of [0, DO, DO | CO]) {
    const withFlags = asked.map(({ name, type }) => ({ name, type, edns: { flags } }));
    for (const [i, octets] of (await askAllTcp(ours, withFlags)).entries()) {
      const found = right.map((replies) => differences(asked[i]!, apex, octets, replies[i]!, flags, denial));
      const lines = found.find((each) => each.length === 0) ?? found[0]!;
      if (lines.length > 0) wrong.add(withFlags[i]!, [`OPT flags ${flags.toString(16)}`, ...lines]);
    }
  }
  const missing = right[0]!.filter((reply) => reply.rcode === NXDOMAIN).length;
  return { compared: 3 * asked.length, missing, wrong };
}

function differences(
  question: Question,
  apex: string,
  octets: Uint8Array,
  unsigned: Reply,
  flags: number,
  denial: Denial,
): string[] {
  const reply = decodeReply(octets);
  const lines: string[] = [];
  // Not our zone.
  if (unsigned.rcode === REFUSED) return reply.rcode === REFUSED && reply.length < 100 ? [] : [`rcode ${reply.rcode}`];
  const hidden = denial === "compact" && flags === DO && unsigned.rcode === NXDOMAIN;
  const rcode = hidden ? NOERROR : unsigned.rcode;
  if (reply.rcode !== rcode) lines.push(`rcode ${reply.rcode}, expected ${rcode}`);
  if (denial === "compact" && optFlag(octets, CO) !== ((flags & CO) !== 0)) lines.push("CO is not as it was asked");
  const referral = isReferral(unsigned);
  const ofDnssec = (rr: Rr): boolean => [RRSIG, NSEC, NSEC3].includes(rr.type) || (referral && rr.type === DS);
  const all = [...reply.answer, ...reply.authority, ...reply.additional];
  if ((flags & DO) === 0 && all.some(ofDnssec)) lines.push("DNSSEC records though DO was not set");
  if (flags & DO && reply.rcode !== YXDOMAIN && !all.some((rr) => rr.type === RRSIG)) lines.push("nothing is signed");
  const without = (records: readonly Rr[]): Rr[] => records.filter((rr) => !ofDnssec(rr));
  const bare: Reply = {
    ...reply,
    rcode: unsigned.rcode,
    edns: unsigned.edns,
    answer: without(reply.answer),
    authority: without(reply.authority),
    additional: without(reply.additional),
  };
  lines.push(...compareReplies(question, apex, bare, unsigned));
  return lines;
}

/** Whether a flag is set in the OPT record, the last one of a message. */
export function optFlag(octets: Uint8Array, mask: number): boolean {
  for (let at = octets.length - 11; at > 12; at--) {
    const isOpt = octets[at] === 0 && octets[at + 1] === 0 && octets[at + 2] === OPT;
    const length = (octets[at + 9]! << 8) | octets[at + 10]!;
    if (isOpt && at + 11 + length === octets.length) return (((octets[at + 7]! << 8) | octets[at + 8]!) & mask) !== 0;
  }
  return false;
}

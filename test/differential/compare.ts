/**
 * When are two answers the same? Modulo the order of records, name compression and what a server is free to add: the
 * apex NS set in the authority section of a positive answer, and additional data other than the glue of a referral.
 */
import type { Question } from "../peers/index.ts";
import { type Reply, type Rr, showRr } from "./decode.ts";

const NS = 2;
const SOA = 6;
const A = 1;
const AAAA = 28;
const CNAME = 5;
const HINFO = 13;
const RRSIG = 46;
const ANY = 255;
/** HINFO "RFC8482" "". */
const REFUSED_ANY = "075246433834383200";

/**
 * Differences as sentences; none = the same answer. "a / b" is left / right.
 * @param apex of the zone as lower-cased wire octets in hex
 */
export function compareReplies(question: Question, apex: string, left: Reply, right: Reply): string[] {
  const differences: string[] = [];
  const value = (what: string, a: unknown, b: unknown): void => {
    if (a !== b) differences.push(`${what}: ${a} / ${b}`);
  };
  value("rcode", left.rcode, right.rcode);
  value("opcode", left.opcode, right.opcode);
  value("question", left.question, right.question);
  for (const flag of ["qr", "aa", "tc", "rd", "ad", "cd"] as const) value(flag, left.flags[flag], right.flags[flag]);
  value("OPT", left.edns !== undefined, right.edns !== undefined);
  value("DO", left.edns?.do, right.edns?.do);
  if (left.flags.tc || right.flags.tc) return differences;
  if (question.type === ANY || question.type === RRSIG) {
    // RFC 8482 and RFC 4035 section 3.1 leave open which of the sets at the name are given.
    value("answered", left.answer.length > 0, right.answer.length > 0);
    differences.push(...misplacedRefusal("left", left, right), ...misplacedRefusal("right", right, left));
    if (left.answer.length > 0) return differences;
  }
  sameRecords("answer", left.answer, right.answer, differences);
  sameRecords("authority", neededAuthority(left, apex), neededAuthority(right, apex), differences);
  if (isReferral(left)) sameRecords("glue", glue(left), glue(right), differences);
  return differences;
}

/**
 * ANY answered by a record made for it in place of the zone's (RFC 8482 section 4.2), which Knot and NSD do not do. That it is
 * right is shown by validators (test/live); here, that it stands at a name where the other side has something, and alone.
 */
function misplacedRefusal(side: string, refusing: Reply, other: Reply): string[] {
  const made = refusing.answer.find((rr) => rr.type === HINFO && rr.rdata === REFUSED_ANY);
  if (!made || other.answer.length === 0) return [];
  const beside = refusing.answer.filter((rr) => rr.owner === made.owner && rr.type !== HINFO && rr.type !== RRSIG);
  const placed = other.answer.some((rr) => rr.owner === made.owner && rr.type !== CNAME);
  return placed && beside.length === 0 ? [] : [`${side}: HINFO for ANY at ${made.owner}`];
}

export function isReferral(reply: Reply): boolean {
  if (reply.flags.aa && reply.answer.length === 0) return false;
  return (
    reply.rcode === 0 && reply.authority.some((rr) => rr.type === NS) && !reply.authority.some((rr) => rr.type === SOA)
  );
}

/** Without the apex NS set, which a server may add to an answer that says something (not to a referral or a denial). */
function neededAuthority(reply: Reply, apex: string): readonly Rr[] {
  const says = reply.flags.aa && reply.rcode === 0 && reply.answer.length > 0;
  if (!says || reply.authority.some((rr) => rr.type === SOA)) return reply.authority;
  return reply.authority.filter(
    (rr) => rr.owner !== apex || !(rr.type === NS || (rr.type === RRSIG && rr.rdata.startsWith("0002"))),
  );
}

/** Addresses of the name servers that lie below the cut itself: those may not be left out (RFC 9471). */
function glue(reply: Reply): Rr[] {
  const cut = reply.authority.find((rr) => rr.type === NS)?.owner ?? "";
  const servers = new Set(reply.authority.filter((rr) => rr.type === NS).map((rr) => rr.rdata));
  return reply.additional.filter(
    (rr) => (rr.type === A || rr.type === AAAA) && servers.has(rr.owner) && rr.owner.endsWith(cut),
  );
}

/** As sets: a record twice is a difference, too. */
function sameRecords(section: string, left: readonly Rr[], right: readonly Rr[], differences: string[]): void {
  const a = count(left);
  const b = count(right);
  for (const [line, n] of a) if ((b.get(line) ?? 0) < n) differences.push(`${section}, left only: ${line}`);
  for (const [line, n] of b) if ((a.get(line) ?? 0) < n) differences.push(`${section}, right only: ${line}`);
}

function count(records: readonly Rr[]): Map<string, number> {
  const lines = new Map<string, number>();
  for (const rr of records) lines.set(showRr(rr), (lines.get(showRr(rr)) ?? 0) + 1);
  return lines;
}

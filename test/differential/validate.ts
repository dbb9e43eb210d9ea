/**
 * The verdict of a validating resolver: each question goes through Unbound, whose only trust anchor is the zone's key. A
 * denial that says too much is found, too: Unbound uses what it has seen for later questions (RFC 8198).
 */
import { isSubdomain, labelCount, type Name, nameEquals, readName } from "#name";
import { askAllTcp, askAllUdp, type Question, type Server } from "../peers/index.ts";
import { isReferral } from "./compare.ts";
import { decodeReply, type Reply } from "./decode.ts";
import { Problems } from "./run.ts";

const SERVFAIL = 2;
const CNAME = 5;
const SOA = 6;
const DNAME = 39;
const DS = 43;
const RRSIG = 46;
const YXDOMAIN = 6;
/** EDNS option code of extended errors. */
const EDE = 15;

const ANY = 255;

export type Verdict = {
  readonly asked: number;
  readonly secure: number;
  readonly bogus: Problems;
  /** Valid, but without the AD flag though the answer lies in the signed zone. */
  readonly insecure: Problems;
};

/**
 * @param resolver the validating Unbound
 * @param any also questions for ANY: where they get a record made for them
 * @param authority whose answers are judged: what it answers directly tells which questions lead out of the zone
 */
export async function validateThroughResolver(
  apex: Name,
  questions: readonly Question[],
  resolver: Server,
  authority: Server,
  any = false,
): Promise<Verdict> {
  // With DO, as the resolver asks: an RRSIG's Labels tells what was made from a wildcard.
  const withDo = questions.map((question) => ({ ...question, edns: { ...question.edns, do: true, size: 4096 } }));
  const direct = await askAllTcp(authority, withDo);
  const inside = questions.filter((question, i) => {
    const name = readName(question.name);
    return (
      name.ok &&
      isSubdomain(name.value, apex) &&
      // Nobody signs signatures.
      question.type !== RRSIG &&
      (any || question.type !== ANY) &&
      staysInside(apex, question.type, decodeReply(direct[i]!))
    );
  });
  const asked = inside.map((question) => ({
    name: question.name,
    type: question.type,
    flags: 0x0100,
    edns: { do: true, size: 4096 },
  }));
  const replies = await askAllUdp(resolver, asked);
  const bogus = new Problems();
  const insecure = new Problems();
  let secure = 0;
  for (const [i, octets] of replies.entries()) {
    const reply = decodeReply(octets);
    if (reply.flags.ad) secure++;
    else if (reply.rcode === SERVFAIL) bogus.add(asked[i]!, [whyServfail(octets)]);
    else insecure.add(asked[i]!, [`rcode ${reply.rcode}`]);
  }
  return { asked: asked.length, secure, bogus, insecure };
}

/** No referral, no target outside, no loop, no DS of the apex: the resolver can finish with this server alone. */
function staysInside(apex: Name, type: number, reply: Reply): boolean {
  if (isReferral(reply) || reply.rcode === YXDOMAIN) return false;
  if (expandedAsterisk(reply)) return false;
  if (type === DS && leadsToApex(apex, reply)) return false;
  // Unbound 1.17 takes a question for DNAME that a CNAME answers for a broken chain of trust.
  if (type === DNAME && reply.answer.length > 0) return false;
  const owners = new Set(reply.answer.map((rr) => rr.owner));
  const chain = reply.answer.filter((rr) => rr.type === CNAME);
  const finished = chain.length === 0 || reply.authority.some((rr) => rr.type === SOA) || hasOther(reply);
  if (!finished) return false;
  // A chain of this length meets the resolver's own bound (Unbound: 11 restarts).
  if (chain.length > 8) return false;
  return (
    chain.every((rr) => {
      const target = Uint8Array.from(Buffer.from(rr.rdata, "hex"));
      return isSubdomain(target, apex) && (!owners.has(rr.rdata) || rr.owner !== rr.rdata);
    }) && !isLoop(chain)
  );
}

/**
 * The answer was made from a wildcard for a name that itself begins with an asterisk label. Unbound 1.17 takes off that
 * label alone to find the wildcard and then doesn't verify (a fault of its own: RFC 4035 section 5.3.2).
 */
function expandedAsterisk(reply: Reply): boolean {
  return reply.answer.some((rr) => {
    const labels = Number.parseInt(rr.rdata.slice(6, 8), 16);
    return rr.type === RRSIG && rr.owner.startsWith("012a") && labels < countLabels(rr.owner) - 1;
  });
}

function countLabels(owner: string): number {
  return labelCount(Uint8Array.from(Buffer.from(owner, "hex")));
}

/** Something at the end of the chain. */
function hasOther(reply: Reply): boolean {
  return reply.answer.some((rr) => rr.type !== CNAME && rr.type !== DNAME && rr.type !== RRSIG);
}

/** The DS of the apex is the parent's business, and the parent isn't there. */
function leadsToApex(apex: Name, reply: Reply): boolean {
  const end = reply.answer.findLast((rr) => rr.type === CNAME)?.rdata ?? reply.question.slice(0, -8);
  return nameEquals(Uint8Array.from(Buffer.from(end, "hex")), apex);
}

function isLoop(chain: readonly { owner: string; rdata: string }[]): boolean {
  const next = new Map(chain.map((rr) => [rr.owner, rr.rdata]));
  for (const start of next.keys()) {
    let at: string | undefined = start;
    for (let steps = 0; at !== undefined && steps <= next.size; steps++) {
      at = next.get(at);
      if (at === start) return true;
    }
  }
  return false;
}

/** Unbound's extended error text (RFC 8914). */
function whyServfail(octets: Uint8Array): string {
  const marker = octets.findIndex((_, i) => octets[i] === 0 && octets[i + 1] === EDE && octets[i + 4] === 0);
  return marker < 0
    ? "SERVFAIL"
    : Buffer.from(octets.subarray(marker + 6))
        .toString("latin1")
        .replace(/[^\x20-\x7e]+.*/, "");
}

/**
 * Where Knot and NSD disagree with each other on the same zone: each case with who is right and what proves it. A
 * disagreement that no entry explains fails the suite, and so does an entry that explains nothing any more.
 * ("Unbound" below: a validating Unbound in front of each of them, asked the very question.)
 */
import type { Question } from "../peers/index.ts";
import type { Reply, Rr } from "./decode.ts";

export type Disagreement = {
  readonly id: string;
  /** Whose answer ours has to equal; "either" = both are allowed. */
  readonly right: "knot" | "nsd" | "either";
  readonly proof: string;
  explains(question: Question, knot: Reply, nsd: Reply): boolean;
  /** Instead of `right`: what ours may be, where neither peer's answer is the only good one. */
  tolerates?(knot: Reply, nsd: Reply, ours: Reply): boolean;
};

const CNAME = 5;
const SOA = 6;
const DNAME = 39;
const RRSIG = 46;
const NSEC = 47;
const NSEC3 = 50;
const YXDOMAIN = 6;

export const DISAGREEMENTS: readonly Disagreement[] = [
  {
    id: "yxdomain",
    right: "nsd",
    proof:
      "RFC 6672 section 2.2: YXDOMAIN when the substitution is too long. Knot 3.2 says NXDOMAIN; BIND says YXDOMAIN.",
    explains: (_, knot, nsd) => nsd.rcode === YXDOMAIN && knot.rcode === 3,
  },
  {
    id: "long-chain",
    right: "either",
    proof:
      "RFC 1034 section 3.6.2 sets no bound for CNAME chains: Knot 3.2 stops after 5, NSD goes on; loops end anywhere.",
    explains: (_, knot, nsd) => Math.max(chain(knot), chain(nsd)) > 4 && chain(knot) !== chain(nsd),
    tolerates: (knot, nsd, ours) => ours.rcode === nsd.rcode && chain(ours) >= Math.min(chain(knot), chain(nsd)),
  },
  {
    id: "rrsig-at-cname",
    right: "knot",
    proof: "RFC 4035 section 2.5: RRSIG stands beside a CNAME, so a question for it doesn't follow it. NSD 4.6 does.",
    explains: ({ type }, knot, nsd) =>
      type === RRSIG && chain(knot) === 0 && nsd.answer.some((rr) => rr.type === CNAME),
  },
  {
    id: "nsec-at-cname",
    right: "either",
    proof:
      "RFC 4035 section 2.5 lets NSEC stand beside a CNAME; where there is none (unsigned, NSEC3), Knot says NODATA and NSD follows the CNAME. With NSEC3 Unbound takes NSD's alone: a bitmap with CNAME is no NODATA proof.",
    explains: ({ type }, knot, nsd) => type === NSEC && chain(knot) === 0 && nsd.answer.some((rr) => rr.type === CNAME),
    tolerates: (_, nsd, ours) => ours.rcode === nsd.rcode && chain(ours) === chain(nsd),
  },
  {
    id: "zero-octet",
    right: "nsd",
    proof:
      "RFC 4034 section 6.1: x\\000 comes behind all that is below x. Knot 3.2 puts it right behind x and gives a wrong NSEC; BIND agrees with NSD; Unbound: Knot's is bogus.",
    explains: ({ name }, knot, nsd) => name.includes("\\000.") && hasNsec(knot) && denialDiffers(knot, nsd),
  },
  {
    id: "nsec3-owner-as-encloser",
    right: "knot",
    proof:
      "RFC 5155 section 7.2.8: NSEC3 owners are no names of the zone, so none encloses. NSD 4.6 takes them for that; Unbound: bogus.",
    explains: ({ name }) => /(^|\.)[0-9a-v]{32}\./i.test(name),
    // For *.HASH.zone, answered from the wildcard, Knot leaves out the closest encloser proof (RFC 5155 section 7.2.6): it
    // takes the asterisk for the wildcard itself.
    tolerates: (knot, _, ours) =>
      ours.rcode === knot.rcode && ours.question.startsWith("012a") && within(denial(knot), denial(ours)),
  },
  {
    id: "nsec3-at-wildcard-itself",
    right: "either",
    proof:
      "RFC 5155 section 7.2.3: the NSEC3 that matches *.x proves NODATA at *.x. NSD 4.6 adds that of x; Unbound takes both.",
    explains: (_, knot, nsd) => hasNsec3(knot) && sameBut(knot, nsd, "nsd"),
  },
  {
    id: "nsec3-wildcard-nodata-encloser",
    right: "knot",
    proof:
      "RFC 5155 section 7.2.5: wildcard NODATA needs the closest encloser's NSEC3, too. NSD 4.6 leaves it out for a few; Unbound: bogus.",
    explains: (_, knot, nsd) => hasNsec3(knot) && sameBut(knot, nsd, "knot"),
  },
  {
    id: "opt-out-ent",
    right: "knot",
    proof:
      "RFC 5155 section 7.1: an empty non-terminal above opted-out delegations alone has no NSEC3, so the encloser proof starts above it (NSD issue 510).",
    explains: (_, knot, nsd) => hasOptOut(knot) && hasOptOut(nsd) && denialDiffers(knot, nsd),
  },
  {
    id: "nsec-wildcard-is-ent",
    right: "nsd",
    proof:
      "RFC 4035 section 3.1.3.4: NODATA by a wildcard that is an empty non-terminal needs the NSEC that shows it, too. Knot 3.2 and BIND 9.18 leave it out; Unbound: bogus.",
    explains: ({ name }, knot, nsd) => /(^|\.)half\./i.test(name) && hasNsec(knot) && sameBut(knot, nsd, "nsd"),
  },
  {
    id: "denial-behind-dname",
    right: "knot",
    proof: "RFC 4035 section 3.1.3.3: the NSEC must cover the name that the DNAME led to. NSD 4.6 gives another's.",
    explains: (_, knot, nsd) => knot.answer.some((rr) => rr.type === DNAME) && denialDiffers(knot, nsd),
  },
];

/** Records of the chain in an answer. */
function chain(reply: Reply): number {
  return reply.answer.filter((rr) => rr.type === CNAME).length;
}

function hasNsec(reply: Reply): boolean {
  return reply.authority.some((rr) => rr.type === NSEC);
}

function hasNsec3(reply: Reply): boolean {
  return reply.authority.some((rr) => rr.type === NSEC3);
}

/** An NSEC3 with the opt-out flag: hash algorithm 1, flags 1. */
function hasOptOut(reply: Reply): boolean {
  return reply.authority.some((rr) => rr.type === NSEC3 && rr.rdata.startsWith("0101"));
}

function keys(records: readonly Rr[]): Set<string> {
  return new Set(records.map((rr) => `${rr.owner} ${rr.type} ${rr.rdata}`));
}

/** Same answer, same RCODE, another set of NSEC or NSEC3 records. */
function denialDiffers(knot: Reply, nsd: Reply): boolean {
  const sameAnswer = within(keys(knot.answer), keys(nsd.answer)) && within(keys(nsd.answer), keys(knot.answer));
  const sameDenial = within(denial(knot), denial(nsd)) && within(denial(nsd), denial(knot));
  return knot.rcode === nsd.rcode && sameAnswer && !sameDenial;
}

/** They differ only in that one of them has denial records more. */
function sameBut(knot: Reply, nsd: Reply, more: "knot" | "nsd"): boolean {
  const [big, small] = more === "knot" ? [knot, nsd] : [nsd, knot];
  return denialDiffers(knot, nsd) && within(denial(small), denial(big));
}

function denial(reply: Reply): Set<string> {
  return keys(reply.authority.filter((rr) => rr.type === NSEC || rr.type === NSEC3 || rr.type === SOA));
}

function within(small: ReadonlySet<string>, big: ReadonlySet<string>): boolean {
  return [...small].every((key) => big.has(key));
}

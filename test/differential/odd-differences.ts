/**
 * What the answers to odd messages are measured by. First what single peers do that is forgiven them before anything is
 * compared; then where our answer is that of no peer: each case with the text or the proof why. A difference that no entry
 * explains fails the suite, and so does an entry that explains nothing any more.
 */
import type { Reply } from "./decode.ts";
import type { OddMessage } from "./odd-messages.ts";

export type PeerKind = "knot" | "nsd" | "bind";
/** Octets that are no message are "malformed"; undefined is silence. */
export type Heard = Reply | "malformed" | undefined;

export type Forgiven = {
  readonly id: string;
  readonly peers: readonly PeerKind[];
  readonly proof: string;
  /** The reply as it should have been; the same one when there is nothing to forgive. */
  forgive(reply: Reply, ours: Reply, message: OddMessage): Reply;
};

export type OddDifference = {
  readonly id: string;
  readonly proof: string;
  explains(message: OddMessage, ours: Reply): boolean;
};

const QUERY = 0;
const NOTIFY = 4;
const UPDATE = 5;

const NOERROR = 0;
const FORMERR = 1;
const NOTIMP = 4;
const REFUSED = 5;
const NOTAUTH = 9;

const CNAME = 5;
const SOA = 6;
const TSIG = 250;
const IXFR = 251;
const AXFR = 252;
const IN = 1;
const ANY_CLASS = 255;
/** EDNS option. */
const COOKIE = 10;

export const FORGIVEN: readonly Forgiven[] = [
  {
    id: "cd-copied",
    peers: ["bind"],
    proof: "RFC 4035 section 3.1.6: an authoritative server SHOULD clear CD. BIND copies it.",
    forgive: (reply) => (reply.flags.cd ? { ...reply, flags: { ...reply.flags, cd: false } } : reply),
  },
  {
    id: "do-lost",
    peers: ["bind"],
    proof: "RFC 3225 section 3: DO is copied into the response. BIND leaves it out of a FORMERR for an option.",
    forgive: (reply, ours) =>
      reply.rcode === FORMERR && reply.edns && ours.edns?.do && !reply.edns.do
        ? { ...reply, edns: { ...reply.edns, do: true } }
        : reply,
  },
  {
    id: "opt-lost",
    peers: ["knot", "bind"],
    proof:
      "RFC 6891 sections 6.1.1 and 7: a request with OPT gets a response with OPT, and a FORMERR for what is wrong with it MUST have one. Knot and BIND leave it out of most.",
    forgive: (reply, ours, { edns }) =>
      reply.rcode === FORMERR && edns && !reply.edns && ours.edns ? { ...reply, edns: ours.edns } : reply,
  },
  {
    id: "question-lost",
    peers: ["bind"],
    proof:
      "No text demands that an error repeats the question; who asked finds it easier with it. Knot repeats it, too.",
    forgive: (reply, ours) =>
      reply.rcode > 0 && reply.question === "" ? { ...reply, question: ours.question } : reply,
  },
];

export const ODD_DIFFERENCES: readonly OddDifference[] = [
  {
    id: "update",
    proof: "RFC 2136 section 2.2: NOTIMP says that the server does not support the opcode. The peers support it.",
    explains: ({ opcode }, ours) => opcode === UPDATE && isBare(ours, NOTIMP),
  },
  {
    id: "unknown-opcode-first",
    proof:
      "RFC 1035 section 4.1.1: the header alone is there for every opcode, what follows is the opcode's (a DSO message has no question, RFC 8490 section 5.4). So NOTIMP comes before FORMERR, before the class, and before the version of EDNS, whose record may be none there.",
    explains: ({ opcode }, ours) => opcode !== QUERY && opcode !== NOTIFY && opcode !== UPDATE && isBare(ours, NOTIMP),
  },
  {
    id: "notify-for-other-things",
    proof: "RFC 1996 section 3: QTYPE SOA, one question; the peers are primaries and refuse whatever it says.",
    explains: ({ opcode, question, oddity }, ours) =>
      opcode === NOTIFY &&
      isBare(ours, FORMERR) &&
      (question.type !== SOA || question.class !== IN || oddity !== undefined),
  },
  {
    id: "tsig-first",
    proof:
      "RFC 8945 section 5.2: the signature is checked before anything else, and an unknown key gets NOTAUTH. Knot and BIND look at the class, the type and the version of EDNS first, and answer unsigned.",
    explains: ({ opcode, oddity }, ours) =>
      opcode === QUERY && (oddity === "TSIG" || oddity === "TSIG, EDNS version") && isBare(ours, NOTAUTH),
  },
  {
    id: "axfr-over-udp",
    proof:
      "RFC 5936 section 4.2: AXFR over UDP is not defined. Who may not have the zone gets REFUSED over either, so nobody learns more by UDP; Knot and NSD: NOTIMP; BIND: NOTAUTH below the apex.",
    explains: ({ opcode, question }, ours) => opcode === QUERY && question.type === AXFR && isBare(ours, REFUSED),
  },
  {
    id: "ixfr-without-soa",
    proof:
      "RFC 1995 section 3: the authority section has the SOA, or it is malformed, for whatever name. The peers look for the zone first.",
    explains: ({ opcode, question }, ours) => opcode === QUERY && question.type === IXFR && isBare(ours, FORMERR),
  },
  {
    id: "class-any",
    proof:
      "RFC 1034 section 6.2 and RFC 1035 section 3.2.5: QCLASS * may be asked, and its answer has no AA. BIND: FORMERR; Knot sets AA; NSD gives no SOA.",
    explains: ({ opcode, question }, ours) =>
      opcode === QUERY &&
      question.class === ANY_CLASS &&
      !ours.flags.aa &&
      (ours.rcode === NOERROR || ours.rcode === 3),
  },
  {
    id: "pointer-into-header",
    proof:
      "RFC 1035 section 4.1.4: a pointer is to a prior occurrence of a name; before the question there is none. BIND reads one out of the header.",
    explains: ({ opcode, oddity }, ours) =>
      opcode === QUERY && oddity === "pointer in the question" && isBare(ours, FORMERR),
  },
  {
    id: "records-in-axfr-query",
    proof: "RFC 5936 section 2.1: ANCOUNT of the query MUST be zero. The peers look at the name or at UDP first.",
    explains: ({ opcode, question, oddity }, ours) =>
      opcode === QUERY && question.type === AXFR && oddity === "record in answer" && isBare(ours, FORMERR),
  },
  {
    id: "type-0",
    proof:
      "RFC 6895 section 3.1 reserves type 0 for what SIG covers; asked for, it is a type like any unknown one (RFC 3597 section 3). NSD and BIND think so, too, but not with whatever else is odd about these; Knot: NOTIMP.",
    explains: ({ opcode, question }, ours) => opcode === QUERY && question.type === 0 && ours.answer.length === 0,
  },
  {
    id: "room-for-a-cookie",
    proof:
      "RFC 7873 section 5.2: who sends a cookie gets one, and its 28 octets count (section 5.2 of RFC 6891: size is of the whole message). Knot and NSD have none.",
    explains: (_, ours) => ours.flags.tc && (ours.edns?.options.includes(COOKIE) ?? false),
  },
  {
    id: "alias-loop",
    proof:
      "Loops end anywhere (see long-chain among the disagreements of Knot and NSD): ours after 16 aliases, BIND's with SERVFAIL.",
    explains: (_, ours) =>
      ours.rcode === NOERROR && ours.flags.aa && ours.answer.filter(({ type }) => type === CNAME).length > 4,
  },
];

/** An error that says nothing but its RCODE, and in TSIG's words. */
function isBare({ rcode, flags, answer, authority, additional }: Reply, wanted: number): boolean {
  const set = flags.aa || flags.tc || flags.ra || flags.ad || flags.cd;
  const more = additional.filter(({ type }) => type !== TSIG);
  return rcode === wanted && !set && answer.length + authority.length + more.length === 0;
}

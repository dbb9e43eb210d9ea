/**
 * Queries as no resolver sends them: every header bit and opcode, classes and meta types, EDNS in all its parts, sections
 * that lie about themselves. Most have one thing wrong, at names where the odd zone is odd. The same ones each time (seeded).
 */
import { type Name, printName, readName } from "#name";
import { encodeQuestion, type Question } from "../peers/index.ts";
import { makeQuestions, makeRandom, mixCase } from "./questions.ts";

/** What is odd about a message besides its flags, its type and its class. */
export const ODDITIES = [
  "two questions",
  "no question",
  "no question, and nothing behind the header",
  "question count too high",
  "record in answer",
  "record in authority",
  "record in additional",
  "answer count too high",
  "authority count too high",
  "additional count too high",
  "EDNS version",
  "extended RCODE",
  "two OPT records",
  "OPT in answer",
  "OPT with an owner",
  "half an option",
  "option too long",
  "TSIG",
  "TSIG, EDNS version",
  "TSIG before OPT",
  "SIG(0)",
  "pointer in the question",
  "reserved label type",
  "name too long",
  "trailing octets",
  "cut off",
  "response",
] as const;
export type Oddity = (typeof ODDITIES)[number];

export type OddMessage = {
  /** With an ID of 0. */
  readonly octets: Uint8Array;
  readonly question: Question;
  readonly opcode: number;
  readonly edns: Edns | undefined;
  readonly oddity: Oddity | undefined;
  /** For people. */
  readonly shown: string;
};

type Edns = {
  readonly size: number;
  readonly version: number;
  readonly extendedRcode: number;
  readonly flags: number;
  readonly option: string;
};

type Pick = <T>(from: readonly T[]) => T;

/** 0, A, NS, CNAME, SOA, WKS, MX, TXT, AAAA, SRV, DNAME, OPT, DS, RRSIG, NSEC, DNSKEY, NSEC3, NSEC3PARAM, CDS, HTTPS, SPF, NXNAME, UNSPEC, TKEY to ANY, URI, private, the last. */
const TYPES = [
  0, 1, 2, 5, 6, 11, 15, 16, 28, 33, 39, 41, 43, 46, 47, 48, 50, 51, 59, 65, 99, 128, 103, 249, 250, 251, 252, 253, 254,
  255, 256, 65280, 65535,
];
const CLASSES = [0, 2, 3, 4, 254, 255, 65535];
/** IQUERY, STATUS, 3, NOTIFY, UPDATE, DSO, 7, 15. */
const OPCODES = [1, 2, 3, 4, 5, 6, 7, 15];
/** AA, TC, RD, RA, Z, AD, CD, RCODEs. */
const FLAGS = [0x0400, 0x0200, 0x0100, 0x0080, 0x0040, 0x0020, 0x0010, 0x0005, 0x000f, 0x0130, 0x07f0];

const OPTIONS: Readonly<Record<string, readonly number[]>> = {
  none: [],
  "cookie 0": [0, 10, 0, 0],
  "cookie 7": [0, 10, 0, 7, 1, 2, 3, 4, 5, 6, 7],
  "cookie 8": [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
  "cookie 9": [0, 10, 0, 9, 1, 2, 3, 4, 5, 6, 7, 8, 9],
  "cookie 24": [0, 10, 0, 24, ...Array.from({ length: 24 }, (_, i) => i)],
  "cookie 41": [0, 10, 0, 41, ...Array.from({ length: 41 }, (_, i) => i)],
  "two cookies": [0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8],
  "subnet empty": [0, 8, 0, 0],
  "subnet 0/0": [0, 8, 0, 4, 0, 1, 0, 0],
  "subnet 33": [0, 8, 0, 4, 0, 1, 33, 0],
  "subnet 24": [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2],
  "subnet with scope": [0, 8, 0, 7, 0, 1, 24, 24, 192, 0, 2],
  "subnet bits beyond": [0, 8, 0, 7, 0, 1, 20, 0, 192, 0, 255],
  "subnet family 3": [0, 8, 0, 4, 0, 3, 0, 0],
  "subnet too short": [0, 8, 0, 5, 0, 1, 24, 0, 192],
  NSID: [0, 3, 0, 0],
  "NSID with data": [0, 3, 0, 1, 1],
  keepalive: [0, 11, 0, 2, 0, 1],
  expire: [0, 9, 0, 0],
  "expire with data": [0, 9, 0, 4, 0, 0, 0, 1],
  "extended error": [0, 15, 0, 2, 0, 1],
  "extended error short": [0, 15, 0, 1, 1],
  padding: [0, 12, 0, 4, 0, 0, 0, 0],
  "zone version": [0, 19, 0, 0],
  unknown: [0x5a, 0x5a, 0, 2, 1, 2],
};

/** @param names of the zone (see namesOf) */
export function makeOddMessages(apex: Name, names: readonly Name[], count: number, seed: number): OddMessage[] {
  const random = makeRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  const pick: Pick = (from) => from[below(from.length)]!;
  const oneIn = (times: number): boolean => below(times) === 0;
  const asked = [...new Set(makeQuestions(apex, names, seed).map(({ name }) => name))];
  const zone = printName(apex);
  const elsewhere = ["other.test.", ".", "example.", longName(), zone, zone, zone];
  const messages: OddMessage[] = [];
  const seen = new Set<string>();
  while (messages.length < count) {
    const name = getName(oneIn(6) ? pick(elsewhere) : pick(asked));
    const oddity = oneIn(2) ? pick(ODDITIES) : undefined;
    const opcode = oneIn(oddity ? 12 : 5) ? pick(OPCODES) : 0;
    const question = {
      name: printName(oneIn(4) ? mixCase(name, random) : name),
      type: pick(TYPES),
      class: oneIn(6) ? pick(CLASSES) : 1,
      flags: (opcode << 11) | (oneIn(2) ? 0 : pick(FLAGS)),
    };
    const edns =
      oneIn(2) && !oddity?.includes("EDNS") && oddity !== "extended RCODE" && !oddity?.includes("OPT")
        ? undefined
        : {
            size: pick([0, 511, 512, 1232, 4096, 65535]),
            version: oddity?.includes("EDNS version") ? pick([1, 2, 255]) : 0,
            extendedRcode: oddity === "extended RCODE" ? pick([1, 9, 255]) : 0,
            flags: pick([0, 0x8000, 0x8000, 0x4000, 0xc000, 0x3fff]),
            option: pick(Object.keys(OPTIONS)),
          };
    const octets = build(question, edns, oddity, { pick, below });
    if (!octets) continue;
    const shown = show(question, opcode, edns, oddity);
    if (seen.has(shown)) continue;
    seen.add(shown);
    messages.push({ octets, question, opcode, edns, oddity, shown });
  }
  return messages;
}

function show(question: Question, opcode: number, edns: Edns | undefined, oddity: Oddity | undefined): string {
  const { name, type, class: rrClass, flags } = question;
  const opt = edns
    ? `EDNS ${edns.version} size ${edns.size} flags ${edns.flags.toString(16)} option ${edns.option}`
    : "no EDNS";
  const shownName = name.length > 70 ? `${name.slice(0, 40)}…` : name;
  return `${shownName} TYPE${type} CLASS${rrClass} opcode ${opcode} flags ${(flags! & 0x07ff).toString(16)} ${opt}${oddity ? `: ${oddity}` : ""}`;
}

/** 255 octets, below nothing of ours. */
function longName(): string {
  return `${"x".repeat(63)}.${"y".repeat(63)}.${"z".repeat(63)}.${"w".repeat(61)}.`;
}

function getName(text: string): Name {
  const name = readName(text);
  if (!name.ok) throw new Error(`${text}: ${name.error}`);
  return name.value;
}

function u16(value: number): number[] {
  return [value >> 8, value & 255];
}

function optRecord(edns: Edns, parts: { owner?: readonly number[]; tail?: readonly number[] } = {}): number[] {
  const options = [...OPTIONS[edns.option]!, ...(parts.tail ?? [])];
  const head = [...(parts.owner ?? [0]), 0, 41, ...u16(edns.size), edns.extendedRcode, edns.version];
  return [...head, ...u16(edns.flags), ...u16(options.length), ...options];
}

/** Of a key that nobody has. */
const TSIG = [
  ...[3, 107, 101, 121, 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 61],
  ...[11, ...Buffer.from("hmac-sha256"), 0],
  ...[0, 0, 0, 0, 0, 0, 1, 44, 0, 32, ...Array.from({ length: 32 }, () => 7), 0, 0, 0, 0, 0, 0],
];

/** RFC 2931 section 3: SIG of type 0 by the root, rubbish for a signature. */
const SIG0 = [
  0,
  0,
  24,
  0,
  255,
  0,
  0,
  0,
  0,
  0,
  27,
  ...[0, 0, 13, 0, 0, 0, 0, 0, 127, 255, 255, 255, 0, 0, 0, 0, 1, 1],
  0,
  ...Array.from({ length: 8 }, () => 7),
];

/** x. 0 IN A 192.0.2.1 */
const RECORD = [1, 120, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 192, 0, 2, 1];

type Choice = { readonly pick: Pick; readonly below: (limit: number) => number };

/** Header, question, records by section, and what is wrong with them; undefined: that oddity can't be had with this question. */
function build(
  question: Question,
  edns: Edns | undefined,
  oddity: Oddity | undefined,
  choice: Choice,
): Uint8Array | undefined {
  const bare = Array.from(encodeQuestion(question, 0));
  const asked = bare.slice(12);
  if (oddity === "no question, and nothing behind the header") {
    return Uint8Array.from([...bare.slice(0, 4), 0, 0, 0, 0, 0, 0, 0, 0]);
  }
  const inOption = oddity === "half an option" || oddity === "option too long";
  if (inOption && !edns) return undefined;
  const records = recordsOf(edns, oddity);
  const counts = [1, ...records.map(({ length }) => length)];
  const sections = [questionOf(asked, oddity, choice), ...records.map((section) => section.flat())];
  const tail = oddity === "trailing octets" ? [1, 2, 3].slice(0, 1 + choice.below(3)) : [];
  if (oddity === "two questions") counts[0] = 2;
  else if (oddity === "no question") counts[0] = 0;
  else if (oddity === "question count too high") counts[0] = choice.pick([2, 3, 255]);
  else if (oddity === "answer count too high") counts[1]!++;
  else if (oddity === "authority count too high") counts[2]!++;
  else if (oddity === "additional count too high") counts[3]!++;
  const octets = [...bare.slice(0, 4), ...counts.flatMap(u16), ...sections.flat(), ...tail];
  if (oddity === "response") octets[2]! |= 0x80;
  if (oddity === "cut off") octets.length -= 1 + choice.below(octets.length - 13);
  return Uint8Array.from(octets);
}

/** Octets of the question section. */
function questionOf(asked: readonly number[], oddity: Oddity | undefined, { pick, below }: Choice): readonly number[] {
  switch (oddity) {
    case "two questions":
      return [...asked, ...asked];
    case "no question":
      return [];
    case "pointer in the question":
      return [...(below(2) ? [3, 119, 119, 119] : []), 0xc0, pick([0, 4, 12, 14, 255]), ...asked.slice(-4)];
    case "reserved label type":
      return [pick([0x41, 0x80, 0xbf]), ...asked.slice(1)];
    case "name too long":
      return [...Array.from({ length: 5 }, () => [60, ...Array.from({ length: 60 }, () => 120)]).flat(), ...asked];
    default:
      return asked;
  }
}

/** Records of answer, authority and additional section. */
function recordsOf(edns: Edns | undefined, oddity: Oddity | undefined): (readonly number[])[][] {
  const [answer, authority, additional]: (readonly number[])[][] = [[], [], []];
  if (oddity === "TSIG before OPT") additional!.push(TSIG);
  if (oddity === "record in additional") additional!.push(RECORD);
  if (edns) {
    const tail = oddity === "half an option" ? [0, 3, 0] : oddity === "option too long" ? [0, 3, 0, 9] : [];
    const opt = optRecord(edns, { tail, ...(oddity === "OPT with an owner" ? { owner: [1, 120, 0] } : {}) });
    (oddity === "OPT in answer" ? answer! : additional!).push(opt);
    if (oddity === "two OPT records") additional!.push(opt);
  }
  if (oddity === "record in answer") answer!.push(RECORD);
  if (oddity === "record in authority") authority!.push(RECORD);
  if (oddity === "TSIG" || oddity === "TSIG, EDNS version") additional!.push(TSIG);
  if (oddity === "SIG(0)") additional!.push(SIG0);
  return [answer!, authority!, additional!];
}

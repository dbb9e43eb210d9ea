/**
 * The matrix of ISC's EDNS compliance tester and of RFC 8906 section 8, and the malformed OPT records of RFC 6891: message and
 * what has to come back. Knot and NSD are asked the same; where they say something else the case says why we do not.
 */
import { encodeQuestion } from "../peers/client.ts";

const ID = 0x1234;
const SOA = 6;
const IXFR = 251;
const AXFR = 252;
const RD = 0x0100;

/** What an answer is reduced to. `none`: silence; `malformed`: octets that are no message. Options by code, sorted. */
export type Verdict =
  | "none"
  | "malformed"
  | {
      readonly rcode: number;
      readonly opt: false | { readonly version: number; readonly flags: number; readonly options: readonly number[] };
      readonly answers: number;
      readonly aa: boolean;
      readonly tc: boolean;
      readonly ad: boolean;
      readonly opcode: number;
    };

export type Case = {
  readonly name: string;
  readonly message: (zone: string) => Uint8Array;
  readonly expect: Verdict;
  readonly tcp?: boolean;
  /** Other software that answers otherwise, with the reason to differ. */
  readonly knot?: string;
  readonly nsd?: string;
};

type OptParts = {
  readonly owner?: readonly number[];
  readonly size?: number;
  readonly extendedRcode?: number;
  readonly version?: number;
  readonly flags?: number;
  readonly options?: readonly number[];
  /** Lies about the options' octets. */
  readonly length?: number;
};

function opt(parts: OptParts = {}): number[] {
  const { owner = [0], size = 1232, extendedRcode = 0, version = 0, flags = 0, options = [] } = parts;
  const length = parts.length ?? options.length;
  return [
    ...owner,
    0,
    41,
    size >> 8,
    size & 255,
    extendedRcode,
    version,
    flags >> 8,
    flags & 255,
    length >> 8,
    length & 255,
    ...options,
  ];
}

/** A question with these additional records. */
function ask(
  records: readonly (readonly number[])[],
  more: { readonly flags?: number; readonly type?: number; readonly label?: string; readonly section?: number } = {},
): (zone: string) => Uint8Array {
  return (zone) => {
    const question = { name: `${more.label ?? ""}${zone}`, type: more.type ?? SOA, flags: more.flags ?? 0 };
    const message = Uint8Array.from([...encodeQuestion(question, ID), ...records.flat()]);
    message[more.section ?? 11] = records.length;
    return message;
  };
}

const NOERROR = 0;
const FORMERR = 1;
const NOTIMP = 4;
const REFUSED = 5;
const BADVERS = 16;

const soa = { rcode: NOERROR, answers: 1, aa: true, tc: false, ad: false, opcode: 0 } as const;
const refused = { answers: 0, aa: false, tc: false, ad: false, opcode: 0 } as const;
const plainOpt = { version: 0, flags: 0, options: [] } as const;
const formErr = { ...refused, rcode: FORMERR, opt: false } as const;
/** RFC 6891 section 7: with OPT, so that servers without EDNS and faults within EDNS can be told apart. */
const formErrWithOpt = { ...refused, rcode: FORMERR, opt: plainOpt } as const;

const COOKIE = [1, 2, 3, 4, 5, 6, 7, 8];
const cookie = (length: number): number[] => [
  0,
  10,
  length >> 8,
  length & 255,
  ...Array.from({ length }, (_, i) => COOKIE[i] ?? 0x55),
];
const OPT_LOST = { knot: "no OPT, though RFC 6891 section 7 says MUST", nsd: "no OPT, nor a question" };
const NO_COOKIES = { knot: "cookies are a module there", nsd: "cookies are off there" };
const tsig = (): number[] => [
  ...[3, 107, 101, 121, 0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 61],
  ...[11, ...Buffer.from("hmac-sha256"), 0],
  ...[0, 0, 0, 0, 0, 0, 1, 44, 0, 32, ...Array.from({ length: 32 }, () => 7), 0, 0, 0, 0, 0, 0],
];

export const CASES: readonly Case[] = [
  // RFC 8906 section 8.1: without EDNS.
  { name: "plain DNS", message: ask([]), expect: { ...soa, opt: false } },
  { name: "plain DNS over TCP", tcp: true, message: ask([]), expect: { ...soa, opt: false } },
  { name: "unknown type", message: ask([], { type: 1000 }), expect: { ...soa, answers: 0, opt: false } },
  { name: "header bit Z set", message: ask([], { flags: 0x0040 }), expect: { ...soa, opt: false } },
  { name: "AD set", message: ask([], { flags: 0x0020 }), expect: { ...soa, opt: false } },
  { name: "CD set", message: ask([], { flags: 0x0010 }), expect: { ...soa, opt: false } },
  { name: "RD set", message: ask([], { flags: RD }), expect: { ...soa, opt: false } },
  { name: "AA, TC and RA set in a query", message: ask([], { flags: 0x0680 }), expect: { ...soa, opt: false } },
  {
    name: "unknown opcode, header alone",
    message: () => Uint8Array.of(ID >> 8, ID & 255, 0x78, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    expect: { ...refused, rcode: NOTIMP, opt: false, opcode: 15 },
  },
  { name: "an answer in place of a query", message: ask([], { flags: 0x8000 }), expect: "none" },
  {
    name: "UPDATE",
    knot: "it does take updates, so it looks at the ACL",
    message: ask([], { flags: 0x2800 }),
    expect: { ...refused, rcode: NOTIMP, opt: false, opcode: 5 },
  },
  // RFC 8906 section 8.2: EDNS.
  { name: "EDNS 0", message: ask([opt()]), expect: { ...soa, opt: plainOpt } },
  { name: "EDNS 0 over TCP", tcp: true, message: ask([opt()]), expect: { ...soa, opt: plainOpt } },
  { name: "EDNS 0 with payload size 512", message: ask([opt({ size: 512 })]), expect: { ...soa, opt: plainOpt } },
  { name: "payload size 0 counts as 512", message: ask([opt({ size: 0 })]), expect: { ...soa, opt: plainOpt } },
  { name: "EDNS 1", message: ask([opt({ version: 1 })]), expect: { ...refused, rcode: BADVERS, opt: plainOpt } },
  {
    name: "EDNS 100 with an unknown option and DO",
    nsd: "it leaves DO out; RFC 3225 section 3 wants it copied",
    message: ask([opt({ version: 100, flags: 0x8000, options: [0, 100, 0, 0] })]),
    expect: { ...refused, rcode: BADVERS, opt: { ...plainOpt, flags: 0x8000 } },
  },
  { name: "unknown option", message: ask([opt({ options: [0, 100, 0, 2, 1, 2] })]), expect: { ...soa, opt: plainOpt } },
  { name: "unknown flag", message: ask([opt({ flags: 0x0040 })]), expect: { ...soa, opt: plainOpt } },
  { name: "all unknown flags", message: ask([opt({ flags: 0x3fff })]), expect: { ...soa, opt: plainOpt } },
  { name: "DO", message: ask([opt({ flags: 0x8000 })]), expect: { ...soa, opt: { ...plainOpt, flags: 0x8000 } } },
  {
    name: "an extended RCODE in a query",
    message: ask([opt({ extendedRcode: 9 })]),
    expect: { ...soa, opt: plainOpt },
  },
  {
    name: "client subnet",
    message: ask([opt({ options: [0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2] })]),
    expect: { ...soa, opt: plainOpt },
  },
  {
    name: "NSID, and there is none",
    knot: "it gives the host's name away unless told not to",
    message: ask([opt({ options: [0, 3, 0, 0] })]),
    expect: { ...soa, opt: plainOpt },
  },
  {
    name: "keepalive over UDP is ignored",
    message: ask([opt({ options: [0, 11, 0, 0] })]),
    expect: { ...soa, opt: plainOpt },
  },
  {
    name: "keepalive over TCP",
    knot: "it does not know RFC 7828",
    nsd: "it does not know RFC 7828",
    tcp: true,
    message: ask([opt({ options: [0, 11, 0, 0] })]),
    expect: { ...soa, opt: { ...plainOpt, options: [11] } },
  },
  {
    name: "truncated with EDNS",
    message: ask([opt({ size: 512 })], { label: "big.", type: 16 }),
    expect: { ...soa, answers: 0, tc: true, opt: plainOpt },
  },
  {
    name: "truncated without EDNS",
    message: ask([], { label: "big.", type: 16 }),
    expect: { ...soa, answers: 0, tc: true, opt: false },
  },
  {
    name: "the same over TCP is whole",
    tcp: true,
    message: ask([opt({ size: 512 })], { label: "big.", type: 16 }),
    expect: { ...soa, answers: 60, opt: plainOpt },
  },
  {
    name: "unknown opcode with EDNS",
    nsd: "it leaves OPT out; RFC 6891 section 6.1.1: an answer to a query with OPT MUST have one",
    message: ask([opt()], { flags: 0x7800 }),
    expect: { ...refused, rcode: NOTIMP, opt: plainOpt, opcode: 15 },
  },
  {
    name: "unknown opcode with EDNS, DO and half a cookie",
    nsd: "it leaves OPT out",
    message: ask([opt({ flags: 0x8000, options: cookie(7) })], { flags: 0x7800 }),
    expect: { ...refused, rcode: NOTIMP, opt: { ...plainOpt, flags: 0x8000 }, opcode: 15 },
  },
  // RFC 6891 section 6.1.3: the version comes first; what another version's options mean nobody here knows.
  {
    name: "EDNS 1 with half a cookie",
    message: ask([opt({ version: 1, options: cookie(7) })]),
    expect: { ...refused, rcode: BADVERS, opt: plainOpt },
  },
  // RFC 6891 section 6.1.1 and RFC 3225 section 3, where the control side answers.
  {
    name: "IXFR without SOA over UDP, with EDNS and DO",
    nsd: "a header that counts a question it does not have",
    message: ask([opt({ flags: 0x8000 })], { type: IXFR }),
    expect: { ...refused, rcode: FORMERR, opt: { ...plainOpt, flags: 0x8000 } },
  },
  {
    name: "AXFR over UDP with DO",
    knot: "NOTIMP",
    nsd: "NOTIMP",
    message: ask([opt({ flags: 0x8000 })], { type: AXFR }),
    expect: { ...refused, rcode: REFUSED, opt: { ...plainOpt, flags: 0x8000, options: [15] } },
  },
  // DNS cookies, RFC 7873 section 5.2.2: 8, or 16 to 40 octets.
  ...[0, 1, 7, 9, 15, 41, 64].map((length) => ({
    name: `cookie of ${length} octets`,
    ...NO_COOKIES,
    message: ask([opt({ options: cookie(length) })]),
    expect: { ...refused, rcode: FORMERR, opt: plainOpt },
  })),
  ...[8, 16, 24, 32, 40].map((length) => ({
    name: `cookie of ${length} octets`,
    ...NO_COOKIES,
    message: ask([opt({ options: cookie(length) })]),
    expect: { ...soa, opt: { ...plainOpt, options: [10] } },
  })),
  {
    name: "cookie without a question",
    knot: "cookies are a module there",
    nsd: "cookies are off there",
    message: () => Uint8Array.from([ID >> 8, ID & 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, ...opt({ options: cookie(8) })]),
    expect: { ...refused, rcode: NOERROR, opt: { ...plainOpt, options: [10] } },
  },
  // RFC 6891 section 6.1.1 and 7: malformed OPT.
  { name: "two OPT records", ...OPT_LOST, message: ask([opt(), opt()]), expect: formErrWithOpt },
  {
    name: "OPT with another owner than the root",
    knot: "it does not look; RFC 6891 section 6.1.2: MUST be 0, the root",
    message: ask([opt({ owner: [1, 120, 0] })]),
    expect: formErr,
  },
  { name: "OPT in the answer section", message: ask([opt()], { section: 7 }), expect: formErr },
  { name: "OPT in the authority section", message: ask([opt()], { section: 9 }), expect: formErr },
  {
    name: "option longer than OPT",
    ...OPT_LOST,
    message: ask([opt({ options: [0, 3, 0, 9] })]),
    expect: formErrWithOpt,
  },
  { name: "half an option head", ...OPT_LOST, message: ask([opt({ options: [0, 3, 0] })]), expect: formErrWithOpt },
  { name: "OPT longer than the message", message: ask([opt({ length: 40 })]), expect: formErr },
  {
    name: "octets behind the last record",
    knot: OPT_LOST.knot,
    nsd: "it does not look",
    message: (zone) => Uint8Array.from([...ask([opt()])(zone), 0, 0]),
    expect: formErrWithOpt,
  },
  // RFC 8945 section 5.1 and other shapes.
  { name: "TSIG that is not last", message: ask([tsig(), opt()]), expect: formErr },
  {
    name: "two questions",
    knot: "silence; RFC 9619 section 4 wants FORMERR",
    message: (zone) => {
      const one = ask([])(zone);
      const two = Uint8Array.from([...one, ...one.subarray(12)]);
      two[5] = 2;
      return two;
    },
    expect: formErr,
  },
  {
    name: "no question",
    message: () => Uint8Array.of(ID >> 8, ID & 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
    expect: formErr,
  },
  { name: "11 octets", message: () => Uint8Array.of(ID >> 8, ID & 255, 0, 0, 0, 0, 0, 0, 0, 0, 0), expect: "none" },
  {
    name: "question name that points to itself",
    knot: "silence",
    message: () => Uint8Array.of(ID >> 8, ID & 255, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1),
    expect: formErr,
  },
  {
    name: "question name cut off",
    knot: "silence",
    message: (zone) => ask([])(zone).subarray(0, 20),
    expect: formErr,
  },
];

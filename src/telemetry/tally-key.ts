/**
 * What was asked and said, in one word of 32 bits:
 *
 *   type 12 (4095: larger) │ RCODE 4 │ transport 2 │ IPv6 1 │ signed now 1 │ query: octets/16 5 │ answer: octets/16 7
 *   of times                                                               │ bucket 12
 */

export const Transport = { Udp: 0, Tcp: 1, Tls: 2 } as const;

/** Types from here on are counted together. */
export const OTHER_TYPES = 4095;
export const SIZE_STEP = 16;
export const MAX_QUERY_STEP = 31;
export const MAX_ANSWER_STEP = 127;

/** `signed`: a signature had to be made for this answer. */
export function tallyKey(
  type: number,
  rcode: number,
  transport: number,
  six: boolean,
  signed: boolean,
  queryOctets: number,
  answerOctets: number,
): number {
  const query = Math.min(queryOctets >> 4, MAX_QUERY_STEP);
  const answer = Math.min(answerOctets >> 4, MAX_ANSWER_STEP);
  return (
    ((Math.min(type, OTHER_TYPES) << 20) |
      ((rcode & 15) << 16) |
      (transport << 14) |
      (six ? 1 << 13 : 0) |
      (signed ? 1 << 12 : 0) |
      (query << 7) |
      answer) >>>
    0
  );
}

export function readTallyKey(key: number) {
  return {
    type: key >>> 20,
    rcode: (key >>> 16) & 15,
    transport: (key >>> 14) & 3,
    six: (key & (1 << 13)) !== 0,
    signed: (key & (1 << 12)) !== 0,
    queryStep: (key >>> 7) & 31,
    answerStep: key & 127,
    timeBucket: key & 0xfff,
  };
}

/** Buckets of times: four in each doubling, from 125 ns to 8 s. */
export const TIME_BUCKETS = 104;
const FIRST_NANOSECONDS = 125;

export function timeBucket(nanoseconds: number): number {
  const bucket = Math.floor(4 * Math.log2(Math.max(nanoseconds, FIRST_NANOSECONDS) / FIRST_NANOSECONDS));
  return Math.min(bucket, TIME_BUCKETS - 1);
}

/** The middle of a bucket, in milliseconds. */
export function bucketMilliseconds(bucket: number): number {
  return (FIRST_NANOSECONDS * 2 ** ((bucket + 0.5) / 4)) / 1e6;
}

export type TallyCount = { readonly zoneId: string; readonly key: number; readonly count: number };

/** `asked`: the upper half of the key (type and RCODE). `count` may be too large by `error`. */
export type TallyName = {
  readonly zoneId: string;
  readonly asked: number;
  /** Wire octets as asked. */
  readonly name: Uint8Array;
  readonly count: number;
  readonly error: number;
};

export type TallyReading = {
  readonly cells: readonly TallyCount[];
  readonly times: readonly TallyCount[];
  readonly names: readonly TallyName[];
  /** Answers that found no room. */
  readonly lost: number;
};

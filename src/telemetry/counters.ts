/**
 * Counters of the answering path: one block of shared memory for each worker, written by it alone, read and summed by the
 * main thread. 64-bit floats, exact up to 2^53: one aligned store, no atomic operation, nothing to wait for.
 *
 *   named counters │ rcodes 0..15 of UDP │ rcodes of TCP │ query types 0..255 and all others
 */

/** Named counters and their places. Appended to, never reordered: a block may be older than the reader of a dump. */
export const Counter = {
  QueriesUdp4: 0,
  QueriesUdp6: 1,
  QueriesTcp4: 2,
  QueriesTcp6: 3,
  RepliesUdp: 4,
  RepliesTcp: 5,
  /** No answer by decision: not a query, too short, too many forwarded already. */
  Dropped: 6,
  /** To control: NOTIFY, transfers, TSIG. */
  Forwarded: 7,
  /** Answers with TC. */
  Truncated: 8,
  /** Made while answering or beforehand. */
  Signatures: 9,
  /** Signatures of made-up names found again. */
  SignatureCacheHits: 10,
  /** Datagrams too large or empty. */
  Unusable: 11,
  /** The kernel did not take the answer. */
  Unsent: 12,
  TcpConnections: 13,
  TcpRefused: 14,
  /** Closed by us: idle, slow, stalled, to make room. */
  TcpEvicted: 15,
  /** Octets of answers. */
  OctetsOut: 16,
  Zones: 17,
  /** Among the queries by TCP. */
  QueriesTls: 18,
  TlsConnections: 19,
  /** Ended before a handshake was complete. */
  TlsHandshakesFailed: 20,
} as const;
export type Counter = (typeof Counter)[keyof typeof Counter];

const NAMED = 32;
const RCODES = 16;
const TYPES = 257;
const RCODES_UDP = NAMED;
const RCODES_TCP = RCODES_UDP + RCODES;
const TYPES_START = RCODES_TCP + RCODES;
export const COUNTER_WORDS = TYPES_START + TYPES;

/** One worker's block. */
export class CounterBlock {
  readonly buffer: SharedArrayBuffer;
  readonly values: Float64Array;

  /** Over `buffer`, which another thread made, or a new one. */
  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(8 * COUNTER_WORDS)) {
    this.buffer = buffer;
    this.values = new Float64Array(buffer);
  }

  add(counter: Counter, count = 1): void {
    this.values[counter]! += count;
  }

  set(counter: Counter, value: number): void {
    this.values[counter] = value;
  }

  /** `rcode`: the header's four bits. */
  countReply(tcp: boolean, rcode: number): void {
    this.values[(tcp ? RCODES_TCP : RCODES_UDP) + (rcode & 15)]!++;
  }

  countType(type: number): void {
    this.values[TYPES_START + Math.min(type, 256)]!++;
  }
}

/** The sum over workers at one moment. */
export interface CounterTotals {
  readonly named: Readonly<Record<keyof typeof Counter, number>>;
  /** By the header's RCODE. */
  readonly rcodesUdp: readonly number[];
  readonly rcodesTcp: readonly number[];
  /** Types below 256 that were asked for, and how often. */
  readonly types: ReadonlyMap<number, number>;
  readonly otherTypes: number;
}

/** `retired`: the last values of workers that ended, so that counters never fall (the count of zones is not a sum). */
export function sumCounters(blocks: readonly CounterBlock[], retired?: Float64Array): CounterTotals {
  const sum = new Float64Array(COUNTER_WORDS);
  let zones = 0;
  for (const block of blocks) {
    addInto(sum, block.values);
    zones = Math.max(zones, block.values[Counter.Zones]!);
  }
  if (retired !== undefined) addInto(sum, retired);
  sum[Counter.Zones] = zones;
  const named = Object.fromEntries(Object.entries(Counter).map(([name, at]) => [name, sum[at]!]));
  const types = new Map<number, number>();
  for (let type = 0; type < 256; type++) if (sum[TYPES_START + type]! > 0) types.set(type, sum[TYPES_START + type]!);
  return {
    named: named as Record<keyof typeof Counter, number>,
    rcodesUdp: [...sum.subarray(RCODES_UDP, RCODES_UDP + RCODES)],
    rcodesTcp: [...sum.subarray(RCODES_TCP, RCODES_TCP + RCODES)],
    types,
    otherTypes: sum[TYPES_START + 256]!,
  };
}

/** Adds one block's values to another's. */
export function addInto(sum: Float64Array, values: Float64Array): void {
  for (let i = 0; i < sum.length; i++) sum[i]! += values[i]!;
}

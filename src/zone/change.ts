/**
 * What leaves a zone and what comes between two serials: one difference sequence of an IXFR (RFC 1995 section 4), as
 * records in flat octets, so that a change of a million records is not a million objects.
 *
 * ```
 * batch   owner (wire form, case kept) | type 2 | ttl 4 | rdlength 2 | rdata   … again, in the order in which they came
 * ```
 * Both SOA records are part of it: the old one is the first deletion, the new one the first addition.
 */
import type { Name } from "#name";
import { readSoa } from "#rdata";

/** Octets of type, TTL and RDLENGTH. */
const FIXED = 8;
const FIRST_OCTETS = 512;

/** One record of class IN. The octets are views of its batch: not to be written to, not to be kept past it. */
export type ChangeRecord = {
  readonly owner: Name;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly rdata: Uint8Array;
};

/** Records in order, appended one by one. Owners and RDATA are trusted to be well-formed (parsed by whoever appends). */
export class RecordBatch {
  #octets: Uint8Array;
  #used: number;
  #count: number;

  constructor(octets: Uint8Array = new Uint8Array(FIRST_OCTETS), used = 0, count = 0) {
    this.#octets = octets;
    this.#used = used;
    this.#count = count;
  }

  get count(): number {
    return this.#count;
  }

  /** What was appended, as it is stored and posted to workers; a view. */
  get octets(): Uint8Array {
    return this.#octets.subarray(0, this.#used);
  }

  append(owner: Uint8Array, ownerLength: number, type: number, ttl: number, rdata: Uint8Array, length: number): void {
    const end = this.#used + ownerLength + FIXED + length;
    if (end > this.#octets.length) this.#grow(end);
    const octets = this.#octets;
    octets.set(owner.subarray(0, ownerLength), this.#used);
    let at = this.#used + ownerLength;
    octets[at++] = type >>> 8;
    octets[at++] = type;
    octets[at++] = ttl >>> 24;
    octets[at++] = ttl >>> 16;
    octets[at++] = ttl >>> 8;
    octets[at++] = ttl;
    octets[at++] = length >>> 8;
    octets[at++] = length;
    octets.set(rdata.subarray(0, length), at);
    this.#used = end;
    this.#count++;
  }

  *[Symbol.iterator](): Generator<ChangeRecord> {
    const octets = this.#octets;
    // Bounded by what was appended.
    for (let at = 0; at < this.#used; ) {
      let fixed = at;
      while (octets[fixed]! !== 0) fixed += octets[fixed]! + 1;
      fixed++;
      const length = (octets[fixed + 6]! << 8) | octets[fixed + 7]!;
      const end = fixed + FIXED + length;
      yield {
        owner: octets.subarray(at, fixed),
        type: (octets[fixed]! << 8) | octets[fixed + 1]!,
        ttl:
          ((octets[fixed + 2]! << 24) | (octets[fixed + 3]! << 16) | (octets[fixed + 4]! << 8) | octets[fixed + 5]!) >>>
          0,
        rdata: octets.subarray(fixed + FIXED, end),
      };
      at = end;
    }
  }

  #grow(atLeast: number): void {
    const grown = new Uint8Array(Math.max(atLeast, 2 * this.#octets.length));
    grown.set(this.#octets.subarray(0, this.#used));
    this.#octets = grown;
  }
}

/** One step from a serial to the next. Keeps: the first record of each batch is the SOA with that serial. */
export class ZoneChange {
  readonly deletions: RecordBatch;
  readonly additions: RecordBatch;

  constructor(deletions: RecordBatch, additions: RecordBatch) {
    this.deletions = deletions;
    this.additions = additions;
  }

  /** The serial that the change starts from. */
  get fromSerial(): number {
    return serialOfFirst(this.deletions);
  }

  /** The serial that it leads to. */
  get toSerial(): number {
    return serialOfFirst(this.additions);
  }
}

function serialOfFirst(batch: RecordBatch): number {
  for (const record of batch) return readSoa(record.rdata).serial;
  throw new Error("a zone change without its SOA");
}

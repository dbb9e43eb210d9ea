/** Where the records of an outgoing transfer come from: a cursor, so that a million records are not a million objects. */
import { RecordBatch, type ZoneChange } from "#zone";

/** One record of class IN at a time: valid from a `next` that gave true to the one after it. */
export interface RecordSource {
  /** Both the owner name (wire form, uncompressed) and the RDATA (uncompressed) are in here. What stands at a place never changes. */
  readonly octets: Uint8Array;
  readonly ownerAt: number;
  readonly ownerLength: number;
  readonly type: number;
  /** Seconds. */
  readonly ttl: number;
  readonly rdataAt: number;
  readonly rdataLength: number;
  /** Where the record stands as a message has it from its type on (type, class, TTL, RDLENGTH, RDATA uncompressed); -1: nowhere. */
  readonly wireAt: number;
  /**
   * Behind the present record's RDATA, up to here, more of the same owner stand one behind the other, each with two octets (for a
   * pointer to the owner) and then as `wireAt` says. Not above the end of that RDATA: there are none.
   */
  readonly runEnd: number;
  /** The next record is the one of the run that begins at this offset; behind the last: whatever comes after the run. */
  skipTo(at: number): void;
  /** False at the end. */
  next(): boolean;
}

/** Batches of #zone (`RecordBatch`'s octets) one behind the other. */
export class BatchSource implements RecordSource {
  octets: Uint8Array = NOTHING;
  ownerAt = 0;
  ownerLength = 0;
  type = 0;
  ttl = 0;
  rdataAt = 0;
  rdataLength = 0;
  readonly wireAt = -1;
  readonly runEnd = 0;
  readonly #parts: readonly Uint8Array[];
  #part = 0;
  #at = 0;

  constructor(parts: readonly Uint8Array[]) {
    this.#parts = parts;
  }

  skipTo(): void {
    throw new Error("a batch has no runs");
  }

  next(): boolean {
    while (this.#part < this.#parts.length && this.#at >= this.#parts[this.#part]!.length) {
      this.#part++;
      this.#at = 0;
    }
    const octets = this.#parts[this.#part];
    if (!octets) return false;
    this.octets = octets;
    this.ownerAt = this.#at;
    const fixed = ownerEnd(octets, this.#at);
    this.ownerLength = fixed - this.#at;
    this.type = (octets[fixed]! << 8) | octets[fixed + 1]!;
    this.ttl =
      ((octets[fixed + 2]! << 24) | (octets[fixed + 3]! << 16) | (octets[fixed + 4]! << 8) | octets[fixed + 5]!) >>> 0;
    this.rdataLength = (octets[fixed + 6]! << 8) | octets[fixed + 7]!;
    this.rdataAt = fixed + FIXED;
    this.#at = this.rdataAt + this.rdataLength;
    return true;
  }
}

/**
 * Difference sequences of an IXFR (RFC 1995 section 4): the new SOA, for each change the old SOA and what goes, the new SOA
 * and what comes, and the new SOA again. `changes` is not empty, and each begins where the one before it ended.
 */
export function changeSource(changes: readonly ZoneChange[]): RecordSource {
  const newest = changes.at(-1);
  if (!newest) throw new Error("an IXFR without a change");
  const soa = firstRecord(newest.additions.octets);
  const steps = changes.flatMap(({ deletions, additions }) => [deletions.octets, additions.octets]);
  return new BatchSource([soa, ...steps, soa]);
}

/** One record alone: the SOA that says "nothing newer" (RFC 1995 section 2). */
export function singleSource(record: {
  readonly owner: Uint8Array;
  readonly type: number;
  readonly ttl: number;
  readonly rdata: Uint8Array;
}): RecordSource {
  const batch = new RecordBatch();
  batch.append(record.owner, record.owner.length, record.type, record.ttl, record.rdata, record.rdata.length);
  return new BatchSource([batch.octets]);
}

/** Octets of type, TTL and RDLENGTH in a batch of #zone. */
const FIXED = 8;
const NOTHING = new Uint8Array(0);

function ownerEnd(octets: Uint8Array, at: number): number {
  let end = at;
  // Bounded by a name of 255 octets: batches hold well-formed names.
  while (octets[end]! !== 0) end += octets[end]! + 1;
  return end + 1;
}

function firstRecord(octets: Uint8Array): Uint8Array {
  const fixed = ownerEnd(octets, 0);
  return octets.subarray(0, fixed + FIXED + ((octets[fixed + 6]! << 8) | octets[fixed + 7]!));
}

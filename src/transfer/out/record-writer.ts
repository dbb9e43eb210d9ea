/**
 * Records into one message, with name compression: what `MessageWriter` of #message does for small messages, here without
 * an object for a name, as a transfer of a large zone writes some millions.
 *
 * Only suffixes of equal case are pointed to: a transfer keeps the spelling of every name (RFC 5936 section 3.5).
 */
import { HASH_SEED, hashLabel } from "#name";
import { forEachCompressible, RRClass } from "#rdata";
import type { RecordSource } from "./record-source.ts";

/** 14 bits are all a pointer has (RFC 1035 section 4.1.4). */
const POINTER_REACH = 0x4000;
/** Slots for the suffixes of one message; a message of 16 KiB holds some 600 owner names. */
const SLOTS = 4096;
const MAX_PROBES = 8;
const MAX_LABELS = 128;
const NO_ROOM = -1;

/** Keeps: `out[0..at)` is whole records, and every slot points to a name in it. */
export class RecordWriter {
  readonly out = new Uint8Array(65_535);
  at = 0;
  limit = 65_535;
  readonly #slots = new Uint16Array(SLOTS);
  readonly #starts = new Uint16Array(MAX_LABELS);
  readonly #hashes = new Int32Array(MAX_LABELS);
  /** Where the last owner stands in the message, and where it came from: records of a set, and of a name, come together. */
  #lastOwner = 0;
  #lastLength = 0;
  #lastOctets: Uint8Array | undefined;
  #lastAt = 0;

  /** For the next message: `at` octets of it are there already, the question's name at `nameAt` (0: no question). */
  begin(at: number, limit: number, nameAt: number): void {
    this.#slots.fill(0);
    this.at = at;
    this.limit = limit;
    this.#lastLength = 0;
    if (nameAt > 0) this.#learn(nameAt);
  }

  /** False when the record does not fit: nothing of it is there. */
  record(source: RecordSource): boolean {
    const start = this.at;
    const { out } = this;
    const { octets, type, ttl } = source;
    if (!this.#owner(octets, source.ownerAt, source.ownerLength) || this.at + 10 > this.limit) return this.#back(start);
    let at = this.at;
    out[at++] = type >>> 8;
    out[at++] = type;
    out[at++] = RRClass.IN >>> 8;
    out[at++] = RRClass.IN;
    out[at++] = ttl >>> 24;
    out[at++] = ttl >>> 16;
    out[at++] = ttl >>> 8;
    out[at++] = ttl;
    this.at = at + 2;
    if (!this.#rdata(type, octets, source.rdataAt, source.rdataLength)) return this.#back(start);
    const length = this.at - at - 2;
    out[at] = length >>> 8;
    out[at + 1] = length;
    return true;
  }

  /** The message ends with this record that did not fit: slots that point behind `at` are never looked at again. */
  #back(start: number): false {
    this.at = start;
    return false;
  }

  #owner(octets: Uint8Array, at: number, length: number): boolean {
    if (length === this.#lastLength && this.#isLast(octets, at, length)) {
      if (this.at + 2 > this.limit) return false;
      this.#pointer(this.#lastOwner);
      return true;
    }
    const start = this.at;
    if (!this.#name(octets, at)) return false;
    // A name that is a pointer and nothing else: point to where it points.
    const first = this.out[start]!;
    this.#lastOwner = first >= 0xc0 ? ((first & 0x3f) << 8) | this.out[start + 1]! : start;
    this.#lastLength = this.#lastOwner < POINTER_REACH && length > 1 ? length : 0;
    this.#lastOctets = octets;
    this.#lastAt = at;
    return true;
  }

  #isLast(octets: Uint8Array, at: number, length: number): boolean {
    // The same place of a source is the same name: in an image all records of a name share it.
    if (at === this.#lastAt && octets === this.#lastOctets) return length > 0;
    return length > 0 && this.#same(octets, at, this.#lastOwner);
  }

  #rdata(type: number, octets: Uint8Array, at: number, length: number): boolean {
    let from = at;
    let fits = true;
    if (mayCompress(type)) {
      forEachCompressible(type, octets.subarray(at, at + length), (start, end) => {
        fits = fits && this.#copy(octets, from, at + start) && this.#name(octets, at + start);
        from = at + end;
      });
    }
    return fits && this.#copy(octets, from, at + length);
  }

  #copy(octets: Uint8Array, from: number, end: number): boolean {
    const length = end - from;
    if (this.at + length > this.limit) return false;
    // A loop beats `set` of a subarray for the few octets that most RDATA has.
    if (length < 48) for (let i = 0; i < length; i++) this.out[this.at + i] = octets[from + i]!;
    else this.out.set(octets.subarray(from, end), this.at);
    this.at += length;
    return true;
  }

  #name(octets: Uint8Array, at: number): boolean {
    const labels = this.#measure(octets, at);
    let found = NO_ROOM;
    let known = 0;
    for (; known < labels; known++) {
      found = this.#find(octets, at + this.#starts[known]!, this.#hashes[known]!);
      if (found >= 0) break;
    }
    const own = this.#starts[known]!;
    const start = this.at;
    if (start + own + (found >= 0 ? 2 : 1) > this.limit) return false;
    for (let i = 0; i < own; i++) this.out[start + i] = octets[at + i]!;
    this.at = start + own;
    if (found >= 0) this.#pointer(found);
    else this.out[this.at++] = 0;
    for (let label = 0; label < known; label++) this.#remember(start + this.#starts[label]!, this.#hashes[label]!);
    return true;
  }

  /** Where each label starts and the hash of what begins there; the number of labels. `starts[labels]` is the root's. */
  #measure(octets: Uint8Array, at: number): number {
    let labels = 0;
    let offset = 0;
    // A name has at most 127 labels.
    for (; octets[at + offset]! !== 0; offset += octets[at + offset]! + 1) this.#starts[labels++] = offset;
    this.#starts[labels] = offset;
    let hash = HASH_SEED;
    for (let label = labels - 1; label >= 0; label--) {
      hash = hashLabel(hash, octets, at + this.#starts[label]!);
      this.#hashes[label] = hash;
    }
    return labels;
  }

  #find(octets: Uint8Array, at: number, hash: number): number {
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const place = this.#slots[(hash + probe) & (SLOTS - 1)]!;
      if (place === 0) return NO_ROOM;
      if (place < this.at && this.#same(octets, at, place)) return place;
    }
    return NO_ROOM;
  }

  #remember(place: number, hash: number): void {
    if (place >= POINTER_REACH) return;
    for (let probe = 0; probe < MAX_PROBES; probe++) {
      const slot = (hash + probe) & (SLOTS - 1);
      if (this.#slots[slot] !== 0) continue;
      this.#slots[slot] = place;
      return;
    }
  }

  /** Suffixes of a name that stands in the message uncompressed. */
  #learn(place: number): void {
    const labels = this.#measure(this.out, place);
    for (let label = 0; label < labels; label++) this.#remember(place + this.#starts[label]!, this.#hashes[label]!);
  }

  /** Whether the name at `octets[at]` is the one at `place` of the message, case and all. */
  #same(octets: Uint8Array, at: number, place: number): boolean {
    const { out } = this;
    let a = at;
    let b = place;
    // Pointers go strictly backward (they were written here), labels forward: at most 127 of each.
    for (;;) {
      let length = out[b]!;
      while (length >= 0xc0) {
        b = ((length & 0x3f) << 8) | out[b + 1]!;
        length = out[b]!;
      }
      if (octets[a] !== length) return false;
      if (length === 0) return true;
      for (let i = 1; i <= length; i++) if (octets[a + i] !== out[b + i]) return false;
      a += length + 1;
      b += length + 1;
    }
  }

  #pointer(place: number): void {
    this.out[this.at++] = 0xc0 | (place >>> 8);
    this.out[this.at++] = place;
  }
}

/** The types of RFC 1035 that have names (RFC 3597 section 4): all below 16. Spares the call for all others. */
function mayCompress(type: number): boolean {
  return type < 16 && type !== 1;
}

/**
 * Records into one message, with name compression: what `MessageWriter` of #message does for small messages, here without
 * an object for a name, as a transfer of a large zone writes some millions.
 *
 * Only suffixes of equal case are pointed to: a transfer keeps the spelling of every name (RFC 5936 section 3.5).
 */
import { copyOctets, sameOctets, wordsView } from "#bytes";
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
/** Pointer, type, class, TTL, RDLENGTH. */
const RUN_HEAD = 12;

/** Keeps: `out[0..at)` is whole records, and every slot points to a name in it. */
export class RecordWriter {
  readonly out = new Uint8Array(65_535);
  readonly #outView = wordsView(this.out);
  /** Of the octets that were copied from last: a source has all its records in few arrays. */
  #viewed: Uint8Array = this.out;
  #view = this.#outView;
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
  /** What the last owner has behind its first label, where it came from, and where the message has it; 0: nowhere. */
  #tailView = this.#outView;
  #tailAt = 0;
  #tailLength = 0;
  #tailPlace = 0;
  #tailHash = 0;

  /** For the next message: `at` octets of it are there already, the question's name at `nameAt` (0: no question). */
  begin(at: number, limit: number, nameAt: number): void {
    this.#slots.fill(0);
    this.at = at;
    this.limit = limit;
    this.#lastLength = 0;
    this.#tailPlace = 0;
    if (nameAt > 0) this.#learn(nameAt);
  }

  /** The message is whole. Nothing is referred to that records came from: an image that is replaced could not be given back. */
  end(): void {
    this.#viewed = this.out;
    this.#view = this.#outView;
    this.#tailView = this.#outView;
    this.#tailPlace = 0;
    this.#lastOctets = undefined;
    this.#lastLength = 0;
  }

  /** False when the record does not fit: nothing of it is there. */
  record(source: RecordSource): boolean {
    const start = this.at;
    const { out } = this;
    const { octets, type, ttl } = source;
    if (!this.#owner(octets, source.ownerAt, source.ownerLength) || this.at + 10 > this.limit) return this.#back(start);
    if (source.wireAt >= 0 && !mayCompress(type)) {
      return this.#copy(octets, source.wireAt, source.rdataAt + source.rdataLength) || this.#back(start);
    }
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

  /** Records of the run behind the one that was just written, as they are but for the pointer to their owner; how many. */
  follow(source: RecordSource): number {
    const end = source.runEnd;
    let from = source.rdataAt + source.rdataLength;
    // Without a place that a pointer reaches the owner is spelled out each time.
    if (from >= end || this.#lastLength === 0) return 0;
    const view = this.#viewOf(source.octets);
    const pointer = (0xc0 << 8) | this.#lastOwner;
    let at = this.at;
    let count = 0;
    while (from < end && !mayCompress(view.getUint16(from + 2))) {
      const length = RUN_HEAD + view.getUint16(from + RUN_HEAD - 2);
      if (at + length > this.limit) break;
      copyOctets(view, from, this.#outView, at, length);
      this.#outView.setUint16(at, pointer);
      from += length;
      at += length;
      count++;
    }
    this.at = at;
    source.skipTo(from);
    return count;
  }

  #viewOf(octets: Uint8Array): DataView {
    if (octets !== this.#viewed) {
      this.#viewed = octets;
      this.#view = wordsView(octets);
    }
    return this.#view;
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
    const isSibling = this.#tailPlace > 0 && this.#hasTail(octets, at, length);
    if (isSibling ? !this.#sibling(octets, at) : !this.#name(octets, at)) return false;
    if (!isSibling) this.#learnTail(octets, at, length, start);
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

  /** Whether the name is one label in front of what the last one had behind its first. */
  #hasTail(octets: Uint8Array, at: number, length: number): boolean {
    const tail = at + octets[at]! + 1;
    if (at + length - tail !== this.#tailLength) return false;
    return sameOctets(this.#viewOf(octets), tail, this.#tailView, this.#tailAt, this.#tailLength);
  }

  /** `#name` of such a name: its labels are neither hashed nor looked for again, but for the first. */
  #sibling(octets: Uint8Array, at: number): boolean {
    const hash = hashLabel(this.#tailHash, octets, at);
    const found = this.#find(octets, at, hash);
    const own = found >= 0 ? 0 : octets[at]! + 1;
    const start = this.at;
    if (start + own + 2 > this.limit) return false;
    for (let i = 0; i < own; i++) this.out[start + i] = octets[at + i]!;
    this.at = start + own;
    this.#pointer(found >= 0 ? found : this.#tailPlace);
    if (own > 0) this.#remember(start, hash);
    return true;
  }

  /** After `#name` has written an owner at `start`: as one label and a pointer, which is what its siblings will be. */
  #learnTail(octets: Uint8Array, at: number, length: number, start: number): void {
    const own = octets[at]! + 1;
    const isOne = length > own && this.at === start + own + 2 && this.out[start]! < 0xc0;
    this.#tailPlace = isOne ? ((this.out[this.at - 2]! & 0x3f) << 8) | this.out[this.at - 1]! : 0;
    if (!isOne) return;
    this.#tailView = this.#viewOf(octets);
    this.#tailAt = at + own;
    this.#tailLength = length - own;
    this.#tailHash = this.#hashes[1]!;
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
    copyOctets(this.#viewOf(octets), from, this.#outView, this.at, length);
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

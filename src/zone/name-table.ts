/**
 * The owner names of a zone under construction, each stored once (hash-consing): an open-addressing table over flat
 * columns. Case-insensitive (RFC 4343); the case that came first is kept.
 */
import { CASE_FOLD, HASH_SEED, hashLabel, MAX_NAME, type Name } from "#name";
import { grown, longerLength, sharedColumn } from "./grow.ts";
import { MAX_NAME_PROBE, type ZoneLimits } from "./limits.ts";

/** What `intern` gives in the place of an identifier. */
export const NAME_MALFORMED = -1;
export const NAME_OUT_OF_ZONE = -2;
export const NAME_COLLIDES = -3;
export const NAME_OVER_LIMIT = -4;

const FIRST_NAMES = 16;

/** Keeps: `slots` is at most half full and a power of two long; `offsets[id]..offsets[id+1]` is name `id` in `octets`. */
export class NameTable {
  octets: Uint8Array = sharedColumn(Uint8Array, FIRST_NAMES * 24);
  offsets: Uint32Array = sharedColumn(Uint32Array, FIRST_NAMES + 1);
  hashes: Int32Array = sharedColumn(Int32Array, FIRST_NAMES);
  count = 0;
  readonly #apex: Name;
  readonly #limits: ZoneLimits;
  #slots = new Uint32Array(FIRST_NAMES * 2); // identifier + 1; 0 = free
  #shift = 32 - Math.log2(FIRST_NAMES * 2);
  readonly #labels = new Uint16Array(MAX_NAME >> 1);

  constructor(apex: Name, limits: ZoneLimits) {
    this.#apex = apex;
    this.#limits = limits;
  }

  get octetsUsed(): number {
    return this.offsets[this.count]!;
  }

  /** True when `source[at..at+length)` is, octet for octet, the name `id`: the common case of one owner many times. */
  isExactly(id: number, source: Uint8Array, at: number, length: number): boolean {
    const start = this.offsets[id]!;
    if (this.offsets[id + 1]! - start !== length) return false;
    const octets = this.octets;
    for (let i = 0; i < length; i++) if (octets[start + i] !== source[at + i]) return false;
    return true;
  }

  /** The identifier of the wire name `source[at..at+length)`, taken in when it is new; negative: a `NAME_…` reason. */
  intern(source: Uint8Array, at: number, length: number): number {
    const hash = this.#hash(source, at, length);
    if (hash === undefined) return NAME_MALFORMED;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = Math.imul(hash, 0x9e3779b1) >>> this.#shift;
    for (let probes = 0; probes < MAX_NAME_PROBE; probes++) {
      const entry = slots[slot]!;
      if (entry === 0) return this.#append(source, at, length, hash, slot);
      if (this.hashes[entry - 1] === hash && this.#equals(entry - 1, source, at, length)) return entry - 1;
      slot = (slot + 1) & mask;
    }
    return NAME_COLLIDES;
  }

  #append(source: Uint8Array, at: number, length: number, hash: number, slot: number): number {
    if (!this.#inZone(source, at, length)) return NAME_OUT_OF_ZONE;
    const id = this.count;
    const { names: most, octets: mostOctets } = this.#limits;
    if (id >= most) return NAME_OVER_LIMIT;
    const start = this.offsets[id]!;
    if (start + length > this.octets.length)
      this.octets = grown(this.octets, longerLength(this.octets.length, start + length, mostOctets), mostOctets);
    if (id >= this.hashes.length) {
      const entries = longerLength(this.hashes.length, id + 1, most);
      this.hashes = grown(this.hashes, entries, most);
      this.offsets = grown(this.offsets, entries + 1, most + 1);
    }
    const octets = this.octets;
    for (let i = 0; i < length; i++) octets[start + i] = source[at + i]!;
    this.offsets[id + 1] = start + length;
    this.hashes[id] = hash;
    this.#slots[slot] = id + 1;
    this.count = id + 1;
    if (this.count * 2 > this.#slots.length) this.#rehash();
    return id;
  }

  #rehash(): void {
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    this.#shift--;
    for (let id = 0; id < this.count; id++) {
      let slot = Math.imul(this.hashes[id]!, 0x9e3779b1) >>> this.#shift;
      // Bounded by the half-empty table; long runs are refused when the next name meets them.
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = id + 1;
    }
    this.#slots = slots;
  }

  /** The hash of `#name`; undefined when the octets are no well-formed wire name of exactly this length. */
  #hash(source: Uint8Array, at: number, length: number): number | undefined {
    if (length < 1 || length > MAX_NAME) return undefined;
    const labels = this.#labels;
    const last = at + length - 1;
    let count = 0;
    let p = at;
    while (p < last) {
      const octet = source[p]!;
      if (octet === 0 || octet > 63) return undefined;
      labels[count++] = p - at;
      p += octet + 1;
    }
    if (p !== last || source[p] !== 0) return undefined;
    let hash = HASH_SEED;
    while (count > 0) hash = hashLabel(hash, source, at + labels[--count]!);
    return hash;
  }

  #equals(id: number, source: Uint8Array, at: number, length: number): boolean {
    const start = this.offsets[id]!;
    if (this.offsets[id + 1]! - start !== length) return false;
    const octets = this.octets;
    for (let i = 0; i < length; i++) if (CASE_FOLD[octets[start + i]!] !== CASE_FOLD[source[at + i]!]) return false;
    return true;
  }

  /** At or below the apex. The tail has to begin at a label, which octets that look alike inside a label do not. */
  #inZone(source: Uint8Array, at: number, length: number): boolean {
    const apex = this.#apex;
    const tail = at + length - apex.length;
    let p = at;
    while (p < tail) p += source[p]! + 1;
    if (p !== tail) return false;
    for (let i = 0; i < apex.length; i++) if (CASE_FOLD[source[tail + i]!] !== CASE_FOLD[apex[i]!]) return false;
    return true;
  }
}

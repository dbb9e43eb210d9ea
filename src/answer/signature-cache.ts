/**
 * Signatures of names that questioners make up, bounded in octets: a ring of entries, the oldest overwritten, and an index
 * by hash that may forget but never mistake one for another (the whole key is compared: a made-up collision could
 * otherwise put one name's signature under another).
 */
import { SIGNATURE_OCTETS } from "#image";

/** An entry is its key's length (2 octets), the key, the signature. */
const ENTRY_HEAD = 2;
/** A key and signature of a usual name take about so much: the index has one place for each. */
const USUAL_ENTRY = 192;

export class SignatureCache {
  private readonly ring: Uint8Array;
  /** Position (counted from the beginning of time) + 1 of an entry; 0 none. */
  private readonly index: Float64Array;
  private readonly mask: number;
  /** Where the next entry goes; only ever rises. Octets `[head - ring.length .. head)` are intact. */
  private head = 0;

  constructor(octets: number) {
    this.ring = new Uint8Array(Math.max(octets, 64));
    let places = 16;
    while (places * USUAL_ENTRY < octets) places *= 2;
    this.index = new Float64Array(places);
    this.mask = places - 1;
  }

  /** Copies the signature kept under `key[0..length)` to `out[outAt..)`; false when there is none. */
  read(key: Uint8Array, length: number, out: Uint8Array, outAt: number): boolean {
    const { ring } = this;
    const position = this.index[hashKey(key, length) & this.mask]! - 1;
    if (position < 0 || position < this.head - ring.length) return false;
    const at = position % ring.length;
    if (((ring[at]! << 8) | ring[at + 1]!) !== length) return false;
    const keyAt = at + ENTRY_HEAD;
    for (let i = 0; i < length; i++) if (ring[keyAt + i] !== key[i]) return false;
    const from = keyAt + length;
    for (let i = 0; i < SIGNATURE_OCTETS; i++) out[outAt + i] = ring[from + i]!;
    return true;
  }

  /** Keeps `signature[signatureAt..+64)` under the key; a key that would take most of the ring is not kept. */
  write(key: Uint8Array, length: number, signature: Uint8Array, signatureAt: number): void {
    const { ring } = this;
    const size = ENTRY_HEAD + length + SIGNATURE_OCTETS;
    if (4 * size > ring.length) return;
    let at = this.head % ring.length;
    if (at + size > ring.length) {
      this.head += ring.length - at;
      at = 0;
    }
    this.index[hashKey(key, length) & this.mask] = this.head + 1;
    ring[at] = length >>> 8;
    ring[at + 1] = length;
    const keyAt = at + ENTRY_HEAD;
    for (let i = 0; i < length; i++) ring[keyAt + i] = key[i]!;
    for (let i = 0; i < SIGNATURE_OCTETS; i++) ring[keyAt + length + i] = signature[signatureAt + i]!;
    this.head += size;
  }
}

function hashKey(key: Uint8Array, length: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ key[i]!, 0x01000193);
  return hash ^ (hash >>> 16);
}

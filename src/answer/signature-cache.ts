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
  private readonly ring: DataView;
  private readonly size: number;
  /** Position (counted from the beginning of time) + 1 of an entry; 0 none. */
  private readonly index: Float64Array;
  private readonly mask: number;
  /** Where the next entry goes; only ever rises. Octets `[head - size .. head)` are intact. */
  private head = 0;

  constructor(octets: number) {
    this.size = Math.max(octets, 64);
    this.ring = new DataView(new ArrayBuffer(this.size));
    let places = 16;
    while (places * USUAL_ENTRY < octets) places *= 2;
    this.index = new Float64Array(places);
    this.mask = places - 1;
  }

  /** Copies the signature kept under the key, `key[0..length)`, to `out[outAt..)`; false when there is none. */
  read(key: DataView, length: number, out: DataView, outAt: number): boolean {
    const { ring, size } = this;
    const position = this.index[hashKey(key, length) & this.mask]! - 1;
    if (position < 0 || position < this.head - size) return false;
    const at = position % size;
    if (ring.getUint16(at) !== length || !sameOctets(ring, at + ENTRY_HEAD, key, length)) return false;
    copyOctets(ring, at + ENTRY_HEAD + length, out, outAt, SIGNATURE_OCTETS);
    return true;
  }

  /** Keeps `signature[signatureAt..+64)` under the key; a key that would take most of the ring is not kept. */
  write(key: DataView, length: number, signature: DataView, signatureAt: number): void {
    const { ring, size: whole } = this;
    const size = ENTRY_HEAD + length + SIGNATURE_OCTETS;
    if (4 * size > whole) return;
    let at = this.head % whole;
    if (at + size > whole) {
      this.head += whole - at;
      at = 0;
    }
    this.index[hashKey(key, length) & this.mask] = this.head + 1;
    ring.setUint16(at, length);
    copyOctets(key, 0, ring, at + ENTRY_HEAD, length);
    copyOctets(signature, signatureAt, ring, at + ENTRY_HEAD + length, SIGNATURE_OCTETS);
    this.head += size;
  }
}

function copyOctets(from: DataView, fromAt: number, to: DataView, toAt: number, length: number): void {
  const wide = length & ~7;
  for (let i = 0; i < wide; i += 8) to.setBigUint64(toAt + i, from.getBigUint64(fromAt + i));
  for (let i = wide; i < length; i++) to.setUint8(toAt + i, from.getUint8(fromAt + i));
}

function sameOctets(a: DataView, aAt: number, b: DataView, length: number): boolean {
  const wide = length & ~3;
  for (let i = 0; i < wide; i += 4) if (a.getInt32(aAt + i) !== b.getInt32(i)) return false;
  for (let i = wide; i < length; i++) if (a.getUint8(aAt + i) !== b.getUint8(i)) return false;
  return true;
}

function hashKey(key: DataView, length: number): number {
  let hash = 0x811c9dc5 | 0;
  const wide = length & ~3;
  for (let i = 0; i < wide; i += 4) {
    hash = Math.imul(hash ^ key.getInt32(i), 0x01000193);
    hash ^= hash >>> 15;
  }
  for (let i = wide; i < length; i++) hash = Math.imul(hash ^ key.getUint8(i), 0x01000193);
  return hash ^ (hash >>> 16);
}

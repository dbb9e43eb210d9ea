/** Small helpers on octet arrays and their text forms. Pure: no Buffer, no TextDecoder. */

export function bytesEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** Lexicographic, octets as unsigned numbers, absent before zero: RDATA order of RFC 4034 section 6.3. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const n = Math.min(a.length, b.length);
  for (let i = 0; i < n; i++) {
    const d = a[i]! - b[i]!;
    if (d !== 0) return d;
  }
  return a.length - b.length;
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The octets of a view, to be read and written four at a time. */
export function wordsView(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
}

/**
 * Copies some dozen octets, the length of most RDATA: half the time of a loop over octets, and no object, which `set` of a
 * subarray makes each time. Both stretches lie inside their views.
 */
export function copyOctets(source: DataView, from: number, target: DataView, at: number, length: number): void {
  let i = 0;
  for (const pairs = length & ~7; i < pairs; i += 8) {
    target.setInt32(at + i, source.getInt32(from + i, true), true);
    target.setInt32(at + i + 4, source.getInt32(from + i + 4, true), true);
  }
  for (; i < length; i++) target.setUint8(at + i, source.getUint8(from + i));
}

/** Whether two stretches inside their views are alike, four octets at a time. */
export function sameOctets(a: DataView, aAt: number, b: DataView, bAt: number, length: number): boolean {
  let i = 0;
  for (const words = length & ~3; i < words; i += 4) if (a.getInt32(aAt + i) !== b.getInt32(bAt + i)) return false;
  for (; i < length; i++) if (a.getUint8(aAt + i) !== b.getUint8(bAt + i)) return false;
  return true;
}

const HEX = "0123456789abcdef";

/** Lower case. */
export function toHex(octets: Uint8Array): string {
  let text = "";
  for (const o of octets) text += HEX[o >> 4]! + HEX[o & 15]!;
  return text;
}

/** Either case; undefined when a character is no hex digit or their number is odd. */
export function fromHex(text: string): Uint8Array | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(text)) return undefined;
  const octets = new Uint8Array(text.length / 2);
  for (let i = 0; i < octets.length; i++) octets[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return octets;
}

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const FROM_BASE64 = new Int8Array(128).fill(-1);
for (let i = 0; i < 64; i++) FROM_BASE64[BASE64.charCodeAt(i)] = i;

/** RFC 4648 section 4, padded. */
export function toBase64(octets: Uint8Array): string {
  let text = "";
  for (let i = 0; i < octets.length; i += 3) {
    const left = octets.length - i;
    const word = (octets[i]! << 16) | ((octets[i + 1] ?? 0) << 8) | (octets[i + 2] ?? 0);
    text += BASE64[word >> 18]! + BASE64[(word >> 12) & 63]!;
    text += (left > 1 ? BASE64[(word >> 6) & 63]! : "=") + (left > 2 ? BASE64[word & 63]! : "=");
  }
  return text;
}

/** Padding may be missing; undefined for anything that is not base64. */
export function fromBase64(text: string): Uint8Array | undefined {
  const bare = text.replace(/={0,2}$/, "");
  if (bare.length % 4 === 1) return undefined;
  const octets = new Uint8Array(Math.floor((bare.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < bare.length; i++) {
    const code = bare.charCodeAt(i);
    const value = code < 128 ? FROM_BASE64[code]! : -1;
    if (value < 0) return undefined;
    word = ((word << 6) | value) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      octets[at++] = (word >> bits) & 255;
    }
  }
  return octets;
}

/** One character an octet (ISO 8859-1): a cheap string key for a Map. */
export function toLatin1(octets: Uint8Array, start = 0, end = octets.length): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCharCode(octets[i]!);
  return text;
}

export function fromLatin1(text: string): Uint8Array {
  const octets = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) octets[i] = text.charCodeAt(i);
  return octets;
}

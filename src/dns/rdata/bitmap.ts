/**
 * Type bitmaps of NSEC, NSEC3 and CSYNC (RFC 4034 section 4.1.2):
 *
 *   ( window 8 | length 8, 1 to 32 | bits )*      windows ascending, last octet of each not zero
 */

/** All types in a bitmap that `isTypeBitmap` accepts, ascending. */
export function parseTypeBitmap(bitmap: Uint8Array): number[] {
  const types: number[] = [];
  for (let at = 0; at + 2 <= bitmap.length; at += 2 + bitmap[at + 1]!) {
    const window = bitmap[at]! << 8;
    const length = bitmap[at + 1]!;
    for (let bit = 0; bit < length * 8; bit++) {
      if ((bitmap[at + 2 + (bit >> 3)]! & (0x80 >> (bit & 7))) !== 0) types.push(window | bit);
    }
  }
  return types;
}

/** The bitmap with exactly these types; order and repetition do not matter. Empty for none. */
export function writeTypeBitmap(types: Iterable<number>): Uint8Array {
  const sorted = [...new Set(types)].sort((a, b) => a - b);
  const octets: number[] = [];
  let window = -1;
  let start = 0;
  for (const type of sorted) {
    if (type >> 8 !== window) {
      window = type >> 8;
      octets.push(window, 0);
      start = octets.length;
    }
    const at = (type & 255) >> 3;
    while (octets.length <= start + at) octets.push(0);
    octets[start + at]! |= 0x80 >> (type & 7);
    octets[start - 1] = octets.length - start;
  }
  return Uint8Array.from(octets);
}

/** Whether `type` is in the bitmap at `octets[at..end)`; false for a malformed one. */
export function bitmapHas(octets: Uint8Array, type: number, at = 0, end = octets.length): boolean {
  const window = type >> 8;
  const offset = (type & 255) >> 3;
  for (let i = at; i + 2 <= end; i += 2 + octets[i + 1]!) {
    if (octets[i]! < window) continue;
    if (octets[i]! > window || offset >= octets[i + 1]! || i + 2 + offset >= end) return false;
    return (octets[i + 2 + offset]! & (0x80 >> (type & 7))) !== 0;
  }
  return false;
}

/** True when `octets[at..end)` is a well-formed bitmap. An empty one is (NSEC3 of an empty non-terminal has one). */
export function isTypeBitmap(octets: Uint8Array, at: number, end: number): boolean {
  let last = -1;
  let i = at;
  while (i < end) {
    if (i + 2 > end) return false;
    const window = octets[i]!;
    const length = octets[i + 1]!;
    if (window <= last || length < 1 || length > 32 || i + 2 + length > end) return false;
    if (octets[i + 1 + length] === 0) return false;
    last = window;
    i += 2 + length;
  }
  return true;
}

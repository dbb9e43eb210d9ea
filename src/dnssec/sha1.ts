/**
 * SHA-1 (FIPS 180-4), for NSEC3 owner names only. In TypeScript because a call into OpenSSL costs more than the one or
 * two blocks that a name and a salt fill, and because it has to work below the floor where `node:crypto` begins.
 */

export const SHA1_LENGTH = 20;

/**
 * Scratch, not state: every call overwrites before it reads, nothing here calls out, and each thread has its own module.
 * Allocating it for each hash would cost more than the hash.
 */
const SCHEDULE = new Int32Array(80);
const CHAIN = new Int32Array(5);
const TAIL = new Uint8Array(128);

/** The hash of `data[0..length)`, 20 octets to `out[outAt..)`; `out` may be `data`. */
export function sha1(data: Uint8Array, length: number, out: Uint8Array, outAt = 0): void {
  CHAIN[0] = 0x67452301;
  CHAIN[1] = 0xefcdab89 | 0;
  CHAIN[2] = 0x98badcfe | 0;
  CHAIN[3] = 0x10325476;
  CHAIN[4] = 0xc3d2e1f0 | 0;
  let at = 0;
  for (; at + 64 <= length; at += 64) block(data, at);
  const left = length - at;
  for (let i = 0; i < left; i++) TAIL[i] = data[at + i]!;
  TAIL[left] = 0x80;
  const end = left < 56 ? 64 : 128;
  TAIL.fill(0, left + 1, end - 4);
  // The length in bits; hash inputs here stay far below 2^29 octets, so the upper word is zero.
  TAIL[end - 4] = length >>> 21;
  TAIL[end - 3] = length >>> 13;
  TAIL[end - 2] = length >>> 5;
  TAIL[end - 1] = length << 3;
  for (let i = 0; i < end; i += 64) block(TAIL, i);
  for (let i = 0; i < 5; i++) {
    const word = CHAIN[i]!;
    out[outAt + 4 * i] = word >>> 24;
    out[outAt + 4 * i + 1] = word >>> 16;
    out[outAt + 4 * i + 2] = word >>> 8;
    out[outAt + 4 * i + 3] = word;
  }
}

/** One loop a kind of round: with the functions chosen inside one loop it is a third slower. */
function block(data: Uint8Array, start: number): void {
  const w = SCHEDULE;
  for (let i = 0, at = start; i < 16; i++, at += 4) {
    w[i] = (data[at]! << 24) | (data[at + 1]! << 16) | (data[at + 2]! << 8) | data[at + 3]!;
  }
  for (let i = 16; i < 80; i++) {
    const x = w[i - 3]! ^ w[i - 8]! ^ w[i - 14]! ^ w[i - 16]!;
    w[i] = (x << 1) | (x >>> 31);
  }
  let a = CHAIN[0]!;
  let b = CHAIN[1]!;
  let c = CHAIN[2]!;
  let d = CHAIN[3]!;
  let e = CHAIN[4]!;
  for (let i = 0; i < 20; i++) {
    const t = (((a << 5) | (a >>> 27)) + (d ^ (b & (c ^ d))) + e + w[i]! + 0x5a827999) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (let i = 20; i < 40; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + 0x6ed9eba1) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (let i = 40; i < 60; i++) {
    const t = (((a << 5) | (a >>> 27)) + ((b & c) | (d & (b | c))) + e + w[i]! + (0x8f1bbcdc | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  for (let i = 60; i < 80; i++) {
    const t = (((a << 5) | (a >>> 27)) + (b ^ c ^ d) + e + w[i]! + (0xca62c1d6 | 0)) | 0;
    e = d;
    d = c;
    c = (b << 30) | (b >>> 2);
    b = a;
    a = t;
  }
  CHAIN[0] = (CHAIN[0]! + a) | 0;
  CHAIN[1] = (CHAIN[1]! + b) | 0;
  CHAIN[2] = (CHAIN[2]! + c) | 0;
  CHAIN[3] = (CHAIN[3]! + d) | 0;
  CHAIN[4] = (CHAIN[4]! + e) | 0;
}

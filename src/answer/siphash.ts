/**
 * SipHash-2-4 with a 128-bit key and a 64-bit result (Aumasson and Bernstein), on 32-bit halves: the hash of server
 * cookies (RFC 9018 section 4.4). Written here because it runs for each query with a cookie, on 20 or 32 octets.
 */

/** The hash of `data[0..length)`, 8 octets, least significant first, to `out[outAt..)`. `key` is 16 octets. */
export function siphash24(key: Uint8Array, data: Uint8Array, length: number, out: Uint8Array, outAt: number): void {
  const k0l = word(key, 0);
  const k0h = word(key, 4);
  const k1l = word(key, 8);
  const k1h = word(key, 12);
  STATE[0] = k0l ^ 0x70736575;
  STATE[1] = k0h ^ 0x736f6d65;
  STATE[2] = k1l ^ 0x6e646f6d;
  STATE[3] = k1h ^ 0x646f7261;
  STATE[4] = k0l ^ 0x6e657261;
  STATE[5] = k0h ^ 0x6c796765;
  STATE[6] = k1l ^ 0x79746573;
  STATE[7] = k1h ^ 0x74656462;
  const whole = length & ~7;
  for (let at = 0; at < whole; at += 8) compress(word(data, at), word(data, at + 4));
  let low = 0;
  let high = (length & 255) << 24;
  for (let i = whole; i < length; i++) {
    const shift = 8 * (i & 3);
    if (i - whole < 4) low |= data[i]! << shift;
    else high |= data[i]! << shift;
  }
  compress(low, high);
  STATE[4]! ^= 0xff;
  rounds(4);
  const resultLow = STATE[0]! ^ STATE[2]! ^ STATE[4]! ^ STATE[6]!;
  const resultHigh = STATE[1]! ^ STATE[3]! ^ STATE[5]! ^ STATE[7]!;
  for (let i = 0; i < 4; i++) {
    out[outAt + i] = resultLow >>> (8 * i);
    out[outAt + 4 + i] = resultHigh >>> (8 * i);
  }
}

/** v0 low, v0 high, v1 low … : scratch, not state; every call overwrites it first. */
const STATE = new Int32Array(8);

function compress(low: number, high: number): void {
  STATE[6]! ^= low;
  STATE[7]! ^= high;
  rounds(2);
  STATE[0]! ^= low;
  STATE[1]! ^= high;
}

/** Additions of 64 bits: the carry out of the low half is read off the unsigned comparison. */
function rounds(count: number): void {
  let [v0, h0, v1, h1] = [STATE[0]!, STATE[1]!, STATE[2]!, STATE[3]!];
  let [v2, h2, v3, h3] = [STATE[4]!, STATE[5]!, STATE[6]!, STATE[7]!];
  for (let i = 0; i < count; i++) {
    let t = (v0 + v1) | 0;
    h0 = (h0 + h1 + (t >>> 0 < v0 >>> 0 ? 1 : 0)) | 0;
    v0 = t;
    t = (v1 << 13) | (h1 >>> 19);
    h1 = ((h1 << 13) | (v1 >>> 19)) ^ h0;
    v1 = t ^ v0;
    t = v0;
    v0 = h0;
    h0 = t;
    t = (v2 + v3) | 0;
    h2 = (h2 + h3 + (t >>> 0 < v2 >>> 0 ? 1 : 0)) | 0;
    v2 = t;
    t = (v3 << 16) | (h3 >>> 16);
    h3 = ((h3 << 16) | (v3 >>> 16)) ^ h2;
    v3 = t ^ v2;
    t = (v0 + v3) | 0;
    h0 = (h0 + h3 + (t >>> 0 < v0 >>> 0 ? 1 : 0)) | 0;
    v0 = t;
    t = (v3 << 21) | (h3 >>> 11);
    h3 = ((h3 << 21) | (v3 >>> 11)) ^ h0;
    v3 = t ^ v0;
    t = (v2 + v1) | 0;
    h2 = (h2 + h1 + (t >>> 0 < v2 >>> 0 ? 1 : 0)) | 0;
    v2 = t;
    t = (v1 << 17) | (h1 >>> 15);
    h1 = ((h1 << 17) | (v1 >>> 15)) ^ h2;
    v1 = t ^ v2;
    t = v2;
    v2 = h2;
    h2 = t;
  }
  STATE[0] = v0;
  STATE[1] = h0;
  STATE[2] = v1;
  STATE[3] = h1;
  STATE[4] = v2;
  STATE[5] = h2;
  STATE[6] = v3;
  STATE[7] = h3;
}

function word(octets: Uint8Array, at: number): number {
  return octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16) | (octets[at + 3]! << 24);
}

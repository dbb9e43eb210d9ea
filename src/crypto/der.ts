/** ECDSA signatures between DNSSEC's form, r | s of fixed length (RFC 6605 section 4), and DER, which OpenSSL speaks. */

/** Longest DER signature of a curve with `half`-octet numbers: two integers with a zero in front, and headers. */
export function maxDerLength(half: number): number {
  return 2 * (half + 3) + 3;
}

/**
 * DER at `der[0..length)` to `half` + `half` octets at `out[outAt..)`. False when it is not what OpenSSL writes: then
 * nothing useful was written.
 */
export function derToRaw(der: Uint8Array, length: number, half: number, out: Uint8Array, outAt: number): boolean {
  // SEQUENCE with a length below 128: true for both curves.
  if (length < 8 || der[0] !== 0x30 || der[1] !== length - 2) return false;
  const next = integerToRaw(der, 2, length, half, out, outAt);
  return next > 0 && integerToRaw(der, next, length, half, out, outAt + half) === length;
}

function integerToRaw(der: Uint8Array, at: number, end: number, half: number, out: Uint8Array, outAt: number): number {
  if (at + 2 > end || der[at] !== 2) return -1;
  let start = at + 2;
  const stop = start + der[at + 1]!;
  if (stop > end) return -1;
  while (start < stop && der[start] === 0) start++;
  const pad = half - (stop - start);
  if (pad < 0) return -1;
  for (let i = 0; i < pad; i++) out[outAt + i] = 0;
  for (let i = pad; i < half; i++) out[outAt + i] = der[start + i - pad]!;
  return stop;
}

/** r | s, each `half` octets, to DER at `der[0..)`; gives its length. */
export function rawToDer(raw: Uint8Array, half: number, der: Uint8Array): number {
  const middle = integerToDer(raw, 0, half, der, 2);
  const end = integerToDer(raw, half, half, der, middle);
  der[0] = 0x30;
  der[1] = end - 2;
  return end;
}

function integerToDer(raw: Uint8Array, from: number, half: number, der: Uint8Array, at: number): number {
  let start = from;
  const stop = from + half;
  while (start < stop - 1 && raw[start] === 0) start++;
  let to = at + 2;
  // A set top bit would make it negative.
  if (raw[start]! >= 128) der[to++] = 0;
  while (start < stop) der[to++] = raw[start++]!;
  der[at] = 2;
  der[at + 1] = to - at - 2;
  return to;
}

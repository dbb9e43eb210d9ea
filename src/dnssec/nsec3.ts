/** NSEC3: the hash of a name, hashed owner names, the neighbours of a hash, RDATA (RFC 5155, RFC 9276, RFC 7129). */
import { bytesEqual, fromLatin1, toLatin1 } from "#bytes";
import { appendLabel, CASE_FOLD, isSubdomain, type Name } from "#name";
import { base32hexDecode, base32hexEncode } from "#rdata";
import { SHA1_LENGTH, sha1 } from "./sha1.ts";

export const NSEC3_SHA1 = 1;
export const NSEC3_OPT_OUT = 1;

/** More is refused: RFC 9276 section 3.2 lets a validator treat as insecure from 100 on, and each one costs us CPU. */
export const MAX_NSEC3_ITERATIONS = 100;

export type Nsec3Params = {
  readonly algorithm: number;
  readonly iterations: number;
  readonly salt: Uint8Array;
};

/** What RFC 9276 asks for. */
export const PLAIN_NSEC3_PARAMS: Nsec3Params = { algorithm: NSEC3_SHA1, iterations: 0, salt: new Uint8Array(0) };

/** Scratch for a name and a salt, or a hash and a salt: see the remark in sha1.ts. */
const INPUT = new Uint8Array(255 + 255);

/**
 * RFC 5155 section 5: H(name | salt), then `iterations` times H(hash | salt). The name may be in any case; it is hashed
 * in lower case. 20 octets to `out[outAt..)`. The name begins at `name[nameAt]`.
 */
export function nsec3Hash(
  name: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  out: Uint8Array,
  outAt = 0,
  nameAt = 0,
): void {
  let length = 0;
  // One pass folds and finds the end: digits of a length octet (0 to 63) are never upper-case letters.
  for (let label = name[nameAt]!; ; ) {
    INPUT[length] = label;
    for (let i = 1; i <= label; i++) INPUT[length + i] = CASE_FOLD[name[nameAt + length + i]!]!;
    length += label + 1;
    if (label === 0 || length > 255) break;
    label = name[nameAt + length]!;
  }
  for (let i = 0; i < salt.length; i++) INPUT[length + i] = salt[i]!;
  sha1(INPUT, length + salt.length, out, outAt);
  if (iterations === 0) return;
  for (let i = 0; i < salt.length; i++) INPUT[SHA1_LENGTH + i] = salt[i]!;
  for (let k = 0; k < iterations; k++) {
    for (let i = 0; i < SHA1_LENGTH; i++) INPUT[i] = out[outAt + i]!;
    sha1(INPUT, SHA1_LENGTH + salt.length, out, outAt);
  }
}

/** The same, as a new array. */
export function nsec3HashOf(name: Name, params: Nsec3Params): Uint8Array {
  const hash = new Uint8Array(SHA1_LENGTH);
  nsec3Hash(name, params.salt, params.iterations, hash);
  return hash;
}

/** Octets of an apex before which the 33 of a hashed label still fit into a name (RFC 1035 section 2.3.4). */
export const MAX_NSEC3_APEX = 222;

/** `<base32hex of the hash>.<apex>`, in lower case; undefined when that passes 255 octets (apex over 222). */
export function nsec3Owner(hash: Uint8Array, apex: Name): Name | undefined {
  return appendLabel(fromLatin1(base32hexEncode(hash).toLowerCase()), apex);
}

/** The 20-octet hash in an NSEC3 owner name of this zone; undefined when the name is none. */
export function hashOfNsec3Owner(owner: Name, apex: Name): Uint8Array | undefined {
  if (owner[0] !== 32 || owner.length !== apex.length + 33 || !isSubdomain(owner, apex)) return undefined;
  const hash = base32hexDecode(toLatin1(owner, 1, 33));
  return hash?.length === SHA1_LENGTH ? hash : undefined;
}

/** Hash + 1, modulo 2^160. */
export function nextHash(hash: Uint8Array): Uint8Array {
  const next = hash.slice();
  for (let i = next.length - 1; i >= 0; i--) {
    next[i] = next[i]! + 1;
    if (next[i] !== 0) break;
  }
  return next;
}

/** Hash - 1, modulo 2^160. */
export function previousHash(hash: Uint8Array): Uint8Array {
  const previous = hash.slice();
  for (let i = previous.length - 1; i >= 0; i--) {
    previous[i] = previous[i]! - 1;
    if (previous[i] !== 255) break;
  }
  return previous;
}

/** NSEC3 RDATA; `bitmap` in wire form. */
export function nsec3Rdata(params: Nsec3Params, optOut: boolean, next: Uint8Array, bitmap: Uint8Array): Uint8Array {
  const salt = params.salt.length;
  const rdata = new Uint8Array(6 + salt + next.length + bitmap.length);
  rdata[0] = params.algorithm;
  rdata[1] = optOut ? NSEC3_OPT_OUT : 0;
  rdata[2] = params.iterations >>> 8;
  rdata[3] = params.iterations;
  rdata[4] = salt;
  rdata.set(params.salt, 5);
  rdata[5 + salt] = next.length;
  rdata.set(next, 6 + salt);
  rdata.set(bitmap, 6 + salt + next.length);
  return rdata;
}

/** NSEC3PARAM RDATA; its flags are always zero, opt-out or not (RFC 5155 section 4.1.2). */
export function nsec3paramRdata(params: Nsec3Params): Uint8Array {
  const rdata = new Uint8Array(5 + params.salt.length);
  rdata[0] = params.algorithm;
  rdata[2] = params.iterations >>> 8;
  rdata[3] = params.iterations;
  rdata[4] = params.salt.length;
  rdata.set(params.salt, 5);
  return rdata;
}

export function sameNsec3Params(a: Nsec3Params, b: Nsec3Params): boolean {
  return a.algorithm === b.algorithm && a.iterations === b.iterations && bytesEqual(a.salt, b.salt);
}

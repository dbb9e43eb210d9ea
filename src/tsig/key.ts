/** TSIG keys, the algorithms of RFC 8945 section 6 that we take, and the HMAC that a caller hands in. */
import { fail, ok, type Result } from "#bytes";
import { type Name, nameEquals, printName, readName } from "#name";

export type TsigAlgorithm = "hmac-sha1" | "hmac-sha224" | "hmac-sha256" | "hmac-sha384" | "hmac-sha512";

/** Octets of an untruncated MAC. */
export const MAC_LENGTH: { readonly [A in TsigAlgorithm]: number } = {
  "hmac-sha1": 20,
  "hmac-sha224": 28,
  "hmac-sha256": 32,
  "hmac-sha384": 48,
  "hmac-sha512": 64,
};

export const TSIG_ALGORITHMS = Object.keys(MAC_LENGTH) as readonly TsigAlgorithm[];

export type TsigKey = {
  readonly name: Name;
  readonly algorithm: TsigAlgorithm;
  /** Decoded octets, not base64. */
  readonly secret: Uint8Array;
};

/** A running HMAC: octets in, once or more often, then one digest. */
export interface HmacState {
  update(octets: Uint8Array): void;
  /** The full MAC, `MAC_LENGTH` octets. Called once, last. */
  digest(): Uint8Array;
}

/** Floor 1 computes no digests: #crypto implements this one, over what Node has. */
export type StartHmac = (algorithm: TsigAlgorithm, secret: Uint8Array) => HmacState;

export type TsigAlgorithmError = "md5-refused" | "unknown-algorithm";

/**
 * "hmac-sha256", in any case, with or without the final dot. MD5 ("hmac-md5", "hmac-md5.sig-alg.reg.int") is refused by
 * its own code: RFC 8945 section 6 forbids its use, and people still have such keys.
 */
export function readTsigAlgorithm(text: string): Result<TsigAlgorithm, TsigAlgorithmError> {
  const plain = text.toLowerCase().replace(/\.$/, "");
  const known = TSIG_ALGORITHMS.find((algorithm) => algorithm === plain);
  if (known) return ok(known);
  return fail(plain === "hmac-md5" || plain === "hmac-md5.sig-alg.reg.int" ? "md5-refused" : "unknown-algorithm");
}

/** The algorithm's name as it stands in a TSIG record. */
export function algorithmName(algorithm: TsigAlgorithm): Name {
  const name = readName(algorithm);
  if (!name.ok) throw new Error(`algorithm name ${algorithm}`);
  return name.value;
}

/** The algorithm of a TSIG record. */
export function algorithmOf(name: Name): Result<TsigAlgorithm, TsigAlgorithmError> {
  return readTsigAlgorithm(printName(name));
}

/** RFC 8945 section 5.2.1: name and algorithm must both be the key's. */
export function keyMatches(key: TsigKey, keyName: Name, algorithm: Name): boolean {
  const named = algorithmOf(algorithm);
  return nameEquals(key.name, keyName) && named.ok && named.value === key.algorithm;
}

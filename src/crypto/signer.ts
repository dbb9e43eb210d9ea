/** What a signer is, and private keys as they come in: PKCS#8 DER of any algorithm, or the bare scalar of a P-256 key. */
import { createECDH, createPrivateKey, type KeyObject } from "node:crypto";
import { bytesEqual, fail, fromHex, ok, type Result } from "#bytes";
import { DnssecAlgorithm } from "#dnssec";

/** Signs with one private key. Synchronous; one thread's. */
export interface Signer {
  readonly keyTag: number;
  readonly algorithm: number;
  /** Octets of each signature: 64 for algorithms 13 and 15. */
  readonly signatureLength: number;
  /** Signs `data[0..length)`; the signature, in RRSIG form, goes to `out[outAt..outAt + signatureLength)`. */
  sign(data: Uint8Array, length: number, out: Uint8Array, outAt: number): void;
  /** Frees what OpenSSL holds. After it, `sign` throws. Garbage collection does the same, later. */
  close(): void;
}

/** A private key with what its DNSKEY is known by. */
export type SigningKey = {
  readonly keyTag: number;
  readonly algorithm: number;
  /** PKCS#8 DER; for algorithm 13 also the bare 32-octet scalar. */
  readonly privateKey: Uint8Array;
};

export type SignerError = "unsupported-algorithm" | "malformed-private-key" | "wrong-key-for-algorithm";

const KEY_TYPES: Readonly<Record<number, { readonly type: string; readonly curve?: string; readonly length: number }>> =
  {
    [DnssecAlgorithm.RSASHA256]: { type: "rsa", length: 0 },
    [DnssecAlgorithm.RSASHA512]: { type: "rsa", length: 0 },
    [DnssecAlgorithm.ECDSAP256SHA256]: { type: "ec", curve: "prime256v1", length: 64 },
    [DnssecAlgorithm.ECDSAP384SHA384]: { type: "ec", curve: "secp384r1", length: 96 },
    [DnssecAlgorithm.ED25519]: { type: "ed25519", length: 64 },
    [DnssecAlgorithm.ED448]: { type: "ed448", length: 114 },
  };

/** The key in Node's form, of the kind that its algorithm wants. `length` is that of its signatures. */
export function importPrivateKey(key: SigningKey): Result<{ key: KeyObject; length: number }, SignerError> {
  const kind = KEY_TYPES[key.algorithm];
  if (!kind) return fail("unsupported-algorithm");
  const isScalar = key.algorithm === DnssecAlgorithm.ECDSAP256SHA256 && key.privateKey.length === 32;
  const object = isScalar ? importScalar(key.privateKey) : importPkcs8(key.privateKey);
  if (!object) return fail("malformed-private-key");
  const { namedCurve, modulusLength } = object.asymmetricKeyDetails ?? {};
  if (object.asymmetricKeyType !== kind.type || (kind.curve !== undefined && namedCurve !== kind.curve)) {
    return fail("wrong-key-for-algorithm");
  }
  return ok({ key: object, length: kind.length || Math.ceil((modulusLength ?? 0) / 8) });
}

function importPkcs8(der: Uint8Array): KeyObject | undefined {
  const copy = Buffer.from(der);
  try {
    return createPrivateKey({ key: copy, format: "der", type: "pkcs8" });
  } catch {
    // No detail of a private key's octets may travel in an error: undefined is all the caller learns.
    return undefined;
  } finally {
    copy.fill(0);
  }
}

function importScalar(scalar: Uint8Array): KeyObject | undefined {
  const point = derivePoint(scalar);
  if (!point) return undefined;
  const text = (octets: Uint8Array): string => Buffer.from(octets).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", d: text(scalar), x: text(point.subarray(0, 32)), y: text(point.subarray(32)) };
  try {
    return createPrivateKey({ key: jwk, format: "jwk" });
  } catch {
    return undefined;
  }
}

/** x | y of a P-256 scalar; undefined for zero and numbers past the group's order. */
function derivePoint(scalar: Uint8Array): Uint8Array | undefined {
  try {
    const ecdh = createECDH("prime256v1");
    ecdh.setPrivateKey(scalar);
    return ecdh.getPublicKey().subarray(1);
  } catch {
    return undefined;
  }
}

/** What stands around scalar and point in the PKCS#8 form of a P-256 key (RFC 5915 in RFC 5958), as OpenSSL writes it. */
const P256_HEAD = fromHex("308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420")!;
const P256_MIDDLE = fromHex("a14403420004")!;
const P256_SCALAR_AT = P256_HEAD.length;
const P256_MIDDLE_AT = P256_SCALAR_AT + 32;
const P256_POINT_AT = P256_MIDDLE_AT + P256_MIDDLE.length;
const P256_OCTETS = P256_POINT_AT + 64;

/**
 * Algorithm 13, in just the form that such a key has when it was made here; others may be as good. Whether scalar and point belong
 * together is not looked at.
 */
export function isPlainKey({ algorithm, privateKey }: SigningKey): boolean {
  return (
    algorithm === DnssecAlgorithm.ECDSAP256SHA256 &&
    privateKey.length === P256_OCTETS &&
    bytesEqual(privateKey.subarray(0, P256_SCALAR_AT), P256_HEAD) &&
    bytesEqual(privateKey.subarray(P256_MIDDLE_AT, P256_POINT_AT), P256_MIDDLE)
  );
}

/**
 * Scalar and public point of a plain key; undefined for any other. For who opens tens of thousands of keys: an object of `node:crypto` takes four
 * times as long as the rest, and 30 kB.
 */
export function readP256(key: SigningKey): { scalar: Uint8Array; point: Uint8Array } | undefined {
  if (!isPlainKey(key)) return undefined;
  const { privateKey } = key;
  return { scalar: privateKey.slice(P256_SCALAR_AT, P256_MIDDLE_AT), point: privateKey.slice(P256_POINT_AT) };
}

/** Scalar and public point (x | y) of a P-256 key, 32 and 64 octets. */
export function exportP256(key: KeyObject): { scalar: Uint8Array; point: Uint8Array } {
  const jwk = key.export({ format: "jwk" });
  const octets = (text: string | undefined): Uint8Array => Buffer.from(text ?? "", "base64url");
  return { scalar: octets(jwk.d), point: Buffer.concat([octets(jwk.x), octets(jwk.y)]) };
}

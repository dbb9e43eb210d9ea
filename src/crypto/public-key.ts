/**
 * DNSKEY RDATA to key parts, checked before any library sees them: sizes, exponents, curves (RFC 3110, 5702, 6605, 8080).
 * Whoever controls a zone that is transferred to us controls these octets.
 */
import { createPublicKey, type KeyObject } from "node:crypto";
import { DnssecAlgorithm } from "#dnssec";
import type { DigestName } from "./digests.ts";

/** Octets of modulus. Below 512 bits a key is broken by anybody; above 4096 no signer goes, and each check costs milliseconds. */
export const MIN_RSA_OCTETS = 64;
export const MAX_RSA_OCTETS = 512;
/** Huge exponents make checking arbitrarily slow; in use are 3 and 65537. */
export const MAX_RSA_EXPONENT_OCTETS = 4;

export type KeyParts =
  | { readonly kind: "rsa"; readonly digest: DigestName; readonly modulus: Uint8Array; readonly exponent: Uint8Array }
  | { readonly kind: "ec"; readonly digest: DigestName; readonly curve: EcCurve; readonly point: Uint8Array }
  | { readonly kind: "ed"; readonly curve: EdCurve; readonly point: Uint8Array };

export type EcCurve = { readonly name: "P-256" | "P-384"; readonly octets: 32 | 48; readonly nid: number };
export type EdCurve = { readonly name: "Ed25519" | "Ed448"; readonly octets: 32 | 57; readonly signature: 64 | 114 };

/** `nid`: OpenSSL's number of the curve. */
export const P256: EcCurve = { name: "P-256", octets: 32, nid: 415 };
export const P384: EcCurve = { name: "P-384", octets: 48, nid: 715 };
export const ED25519: EdCurve = { name: "Ed25519", octets: 32, signature: 64 };
export const ED448: EdCurve = { name: "Ed448", octets: 57, signature: 114 };

/** The parts of the key in DNSKEY RDATA; `"unsupported"`: an algorithm unknown here; undefined: malformed or out of bounds. */
export function readKeyParts(algorithm: number, dnskey: Uint8Array): KeyParts | "unsupported" | undefined {
  const key = dnskey.subarray(4);
  switch (algorithm) {
    case DnssecAlgorithm.RSASHA1:
    case DnssecAlgorithm.RSASHA1_NSEC3_SHA1:
      return readRsa(key, "sha1");
    case DnssecAlgorithm.RSASHA256:
      return readRsa(key, "sha256");
    case DnssecAlgorithm.RSASHA512:
      return readRsa(key, "sha512");
    case DnssecAlgorithm.ECDSAP256SHA256:
      return key.length === 64 ? { kind: "ec", digest: "sha256", curve: P256, point: key } : undefined;
    case DnssecAlgorithm.ECDSAP384SHA384:
      return key.length === 96 ? { kind: "ec", digest: "sha384", curve: P384, point: key } : undefined;
    case DnssecAlgorithm.ED25519:
      return key.length === 32 ? { kind: "ed", curve: ED25519, point: key } : undefined;
    case DnssecAlgorithm.ED448:
      return key.length === 57 ? { kind: "ed", curve: ED448, point: key } : undefined;
    default:
      return "unsupported";
  }
}

/** RFC 3110 section 2: exponent length in one octet, or zero and two octets; exponent; modulus. */
function readRsa(key: Uint8Array, digest: DigestName): KeyParts | undefined {
  if (key.length < 3) return undefined;
  const isLong = key[0] === 0;
  const exponentLength = isLong ? (key[1]! << 8) | key[2]! : key[0]!;
  const exponentAt = isLong ? 3 : 1;
  const exponent = withoutLeadingZeros(key.subarray(exponentAt, exponentAt + exponentLength));
  const modulus = withoutLeadingZeros(key.subarray(exponentAt + exponentLength));
  if (exponentAt + exponentLength >= key.length) return undefined;
  if (modulus.length < MIN_RSA_OCTETS || modulus.length > MAX_RSA_OCTETS) return undefined;
  if (exponent.length < 1 || exponent.length > MAX_RSA_EXPONENT_OCTETS) return undefined;
  // An even modulus or exponent is no RSA key, and with exponent 1 every message is its own signature.
  const isOdd = (exponent[exponent.length - 1]! & 1) === 1 && (modulus[modulus.length - 1]! & 1) === 1;
  if (!isOdd || (exponent.length === 1 && exponent[0] === 1)) return undefined;
  return { kind: "rsa", digest, modulus, exponent };
}

function withoutLeadingZeros(octets: Uint8Array): Uint8Array {
  let at = 0;
  while (at < octets.length && octets[at] === 0) at++;
  return octets.subarray(at);
}

/** Node's form of the key; undefined when OpenSSL refuses it: a point that is not on its curve, for example. */
export function importPublicKey(parts: KeyParts): KeyObject | undefined {
  try {
    return createPublicKey({ key: toJwk(parts), format: "jwk" });
  } catch {
    // The only news in the error is "refused", which is what undefined says.
    return undefined;
  }
}

function toJwk(parts: KeyParts): Record<string, string> {
  switch (parts.kind) {
    case "rsa":
      return { kty: "RSA", n: base64url(parts.modulus), e: base64url(parts.exponent) };
    case "ec": {
      const half = parts.curve.octets;
      const x = base64url(parts.point.subarray(0, half));
      return { kty: "EC", crv: parts.curve.name, x, y: base64url(parts.point.subarray(half)) };
    }
    case "ed":
      return { kty: "OKP", crv: parts.curve.name, x: base64url(parts.point) };
  }
}

function base64url(octets: Uint8Array): string {
  return Buffer.from(octets).toString("base64url");
}

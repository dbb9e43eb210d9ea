/** New key pairs, with the public key in DNSKEY form. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { DnssecAlgorithm, dnskeyRdata } from "#dnssec";
import { plain } from "./digests.ts";

export type KeyPair = {
  readonly algorithm: number;
  /** PKCS#8 DER, secret. */
  readonly privateKey: Uint8Array;
  /** As it stands in DNSKEY RDATA behind flags, protocol and algorithm. */
  readonly publicKey: Uint8Array;
  /** DNSKEY RDATA with these flags (257 KSK, 256 ZSK). */
  dnskey(flags: number): Uint8Array;
};

export type KeyPairAlgorithm = 8 | 10 | 13 | 14 | 15 | 16;

/** Bits of modulus for the RSA algorithms. */
const RSA_BITS = 2048;

export function generateKeyPair(algorithm: KeyPairAlgorithm): KeyPair {
  const { privateKey, publicKey } = generate(algorithm);
  const octets = publicOctets(publicKey);
  return {
    algorithm,
    privateKey: plain(privateKey.export({ format: "der", type: "pkcs8" })),
    publicKey: octets,
    dnskey: (flags) => dnskeyRdata(flags, algorithm, octets),
  };
}

function generate(algorithm: KeyPairAlgorithm): { privateKey: KeyObject; publicKey: KeyObject } {
  switch (algorithm) {
    case DnssecAlgorithm.ECDSAP256SHA256:
      return generateKeyPairSync("ec", { namedCurve: "P-256" });
    case DnssecAlgorithm.ECDSAP384SHA384:
      return generateKeyPairSync("ec", { namedCurve: "P-384" });
    case DnssecAlgorithm.ED25519:
      return generateKeyPairSync("ed25519");
    case DnssecAlgorithm.ED448:
      return generateKeyPairSync("ed448");
    default:
      return generateKeyPairSync("rsa", { modulusLength: RSA_BITS });
  }
}

/** RFC 3110 section 2, RFC 6605 section 4, RFC 8080 section 3. */
function publicOctets(key: KeyObject): Uint8Array {
  const jwk = key.export({ format: "jwk" });
  const octets = (text: string | undefined): Buffer => Buffer.from(text ?? "", "base64url");
  if (jwk.kty === "RSA") {
    const exponent = octets(jwk.e);
    return plain(Buffer.concat([Uint8Array.of(exponent.length), exponent, octets(jwk.n)]));
  }
  return plain(Buffer.concat([octets(jwk.x), octets(jwk.y)]));
}

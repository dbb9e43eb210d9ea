/** Numbers of DNSSEC algorithms and digests (IANA), and what this house does with each. */

export const DnssecAlgorithm = {
  RSASHA1: 5,
  RSASHA1_NSEC3_SHA1: 7,
  RSASHA256: 8,
  RSASHA512: 10,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
} as const;

export const DigestType = { SHA1: 1, SHA256: 2, SHA384: 4 } as const;

const NAMES: Readonly<Record<number, string>> = {
  1: "RSAMD5",
  3: "DSA",
  5: "RSASHA1",
  6: "DSA-NSEC3-SHA1",
  7: "RSASHA1-NSEC3-SHA1",
  8: "RSASHA256",
  10: "RSASHA512",
  12: "ECC-GOST",
  13: "ECDSAP256SHA256",
  14: "ECDSAP384SHA384",
  15: "ED25519",
  16: "ED448",
};

/** The mnemonic, or the number as text when it has none. */
export function algorithmName(algorithm: number): string {
  return NAMES[algorithm] ?? String(algorithm);
}

/** Algorithms whose signatures can be checked. What is not here counts as unsigned for us (RFC 6840 section 5.2). */
export function isVerifiableAlgorithm(algorithm: number): boolean {
  switch (algorithm) {
    case DnssecAlgorithm.RSASHA1:
    case DnssecAlgorithm.RSASHA1_NSEC3_SHA1:
    case DnssecAlgorithm.RSASHA256:
    case DnssecAlgorithm.RSASHA512:
    case DnssecAlgorithm.ECDSAP256SHA256:
    case DnssecAlgorithm.ECDSAP384SHA384:
    case DnssecAlgorithm.ED25519:
    case DnssecAlgorithm.ED448:
      return true;
    default:
      return false;
  }
}

/** SHA-1 signatures: still checked, but the operator is warned (RFC 9905: must not sign, validators may refuse). */
export function isWeakAlgorithm(algorithm: number): boolean {
  return algorithm === DnssecAlgorithm.RSASHA1 || algorithm === DnssecAlgorithm.RSASHA1_NSEC3_SHA1;
}

/** What #crypto hands in. All of it is pure: same octets in, same answer out. */
export interface DnssecCrypto {
  /**
   * True when `signature` (RRSIG form) over `data` was made with the key in `dnskey` (DNSKEY RDATA). Malformed keys and
   * signatures are false; `"unsupported"` is for algorithms it does not know. Never throws on outside data.
   */
  verify(algorithm: number, dnskey: Uint8Array, data: Uint8Array, signature: Uint8Array): boolean | "unsupported";
  sha1(data: Uint8Array): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  sha384(data: Uint8Array): Uint8Array;
}

/** The digests alone: what making a DS needs. */
export type Digests = Pick<DnssecCrypto, "sha1" | "sha256" | "sha384">;

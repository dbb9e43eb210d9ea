/** DNSKEY and DS: flags, key tag, digests (RFC 4034 sections 2 and 5, appendix B; RFC 4509, RFC 6605). */
import { concatBytes } from "#bytes";
import { lowerName, type Name } from "#name";
import { type Digests, DigestType } from "./algorithm.ts";

export const DnskeyFlag = { Zone: 0x0100, Revoke: 0x0080, SecureEntryPoint: 0x0001 } as const;

export const KSK_FLAGS = 257;
export const ZSK_FLAGS = 256;

/** DNSKEY RDATA: flags, protocol (always 3), algorithm, public key. */
export function dnskeyRdata(flags: number, algorithm: number, publicKey: Uint8Array): Uint8Array {
  const rdata = new Uint8Array(4 + publicKey.length);
  rdata[0] = flags >>> 8;
  rdata[1] = flags;
  rdata[2] = 3;
  rdata[3] = algorithm;
  rdata.set(publicKey, 4);
  return rdata;
}

export function dnskeyFlags(rdata: Uint8Array): number {
  return (rdata[0]! << 8) | rdata[1]!;
}

export function dnskeyAlgorithm(rdata: Uint8Array): number {
  return rdata[3]!;
}

/** May it sign zone data? Zone key, protocol 3, not revoked (RFC 4034 section 2.1, RFC 5011 section 2.1). */
export function isZoneKey(rdata: Uint8Array): boolean {
  const flags = dnskeyFlags(rdata);
  return rdata.length > 4 && (flags & DnskeyFlag.Zone) !== 0 && (flags & DnskeyFlag.Revoke) === 0 && rdata[2] === 3;
}

export function isSecureEntryPoint(rdata: Uint8Array): boolean {
  return (dnskeyFlags(rdata) & DnskeyFlag.SecureEntryPoint) !== 0;
}

/** 0 to 65535 (RFC 4034 appendix B). Works on KEY and CDNSKEY RDATA as well. */
export function keyTag(rdata: Uint8Array): number {
  // Algorithm 1 (RSA/MD5) has a rule of its own: the last but one pair of octets of the modulus (appendix B.1).
  if (rdata[3] === 1 && rdata.length >= 7) return (rdata[rdata.length - 3]! << 8) | rdata[rdata.length - 2]!;
  let sum = 0;
  for (let i = 0; i < rdata.length; i++) sum += i & 1 ? rdata[i]! : rdata[i]! << 8;
  return (sum + (sum >>> 16)) & 0xffff;
}

/** The digest of RFC 4034 section 5.1.4: owner in canonical form, then DNSKEY RDATA; undefined for a digest type unknown here. */
export function dsDigest(
  owner: Name,
  dnskey: Uint8Array,
  digestType: number,
  digests: Digests,
): Uint8Array | undefined {
  const preimage = concatBytes([lowerName(owner), dnskey]);
  if (digestType === DigestType.SHA1) return digests.sha1(preimage);
  if (digestType === DigestType.SHA256) return digests.sha256(preimage);
  if (digestType === DigestType.SHA384) return digests.sha384(preimage);
  return undefined;
}

/** DS (and CDS) RDATA for a DNSKEY; undefined for a digest type unknown here. */
export function makeDs(owner: Name, dnskey: Uint8Array, digestType: number, digests: Digests): Uint8Array | undefined {
  const digest = dsDigest(owner, dnskey, digestType, digests);
  if (!digest) return undefined;
  const tag = keyTag(dnskey);
  return concatBytes([Uint8Array.of(tag >>> 8, tag, dnskeyAlgorithm(dnskey), digestType), digest]);
}

/** Does this DS (or CDS) RDATA speak of this DNSKEY? False also when its digest type is unknown here. */
export function dsMatches(owner: Name, ds: Uint8Array, dnskey: Uint8Array, digests: Digests): boolean {
  if (ds.length < 5) return false;
  const made = makeDs(owner, dnskey, ds[3]!, digests);
  return made !== undefined && made.length === ds.length && made.every((octet, i) => octet === ds[i]);
}

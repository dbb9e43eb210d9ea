/** DS records: made from DNSKEYs and matched against what the parent publishes (RFC 4034 section 5, RFC 4509, RFC 6605). */
import { bytesEqual, concatBytes } from "#bytes";
import { keyTag } from "#dnssec";
import { lowerName, type Name } from "#name";
import type { ParentView } from "./status.ts";

/** Digests handed in by the caller: nothing here knows an implementation. */
export type Digests = {
  sha1(data: Uint8Array): Uint8Array;
  sha256(data: Uint8Array): Uint8Array;
  sha384(data: Uint8Array): Uint8Array;
};

/** DNSKEY flags (RFC 4034 section 2.1.1, RFC 5011 section 3). */
export const ZONE_KEY = 0x0100;
export const SEP = 0x0001;
export const REVOKE = 0x0080;

/** The first two octets of a DNSKEY RDATA; 0 when there are none. */
export function dnskeyFlags(dnskey: Uint8Array): number {
  return dnskey.length < 4 ? 0 : (dnskey[0]! << 8) | dnskey[1]!;
}

/** A key that a DS may point at: zone key, secure entry point, not revoked. */
export function isEntryPoint(dnskey: Uint8Array): boolean {
  return (dnskeyFlags(dnskey) & (ZONE_KEY | SEP | REVOKE)) === (ZONE_KEY | SEP);
}

/** DS (or CDS) RDATA: tag, algorithm, digest type 2, SHA-256 of owner and DNSKEY RDATA. */
export function dsRdata(owner: Name, dnskey: Uint8Array, digests: Digests): Uint8Array {
  const tag = keyTag(dnskey);
  const digest = digests.sha256(concatBytes([lowerName(owner), dnskey]));
  return concatBytes([Uint8Array.of(tag >> 8, tag & 255, dnskey[3]!, 2), digest]);
}

/** True when `ds` (RDATA) is of this key: tag, algorithm and digest. Digest types 1, 2 and 4 are known. */
export function dsMatches(ds: Uint8Array, owner: Name, dnskey: Uint8Array, digests: Digests): boolean {
  if (ds.length < 5 || dnskey.length < 5 || ds[2] !== dnskey[3]) return false;
  if (((ds[0]! << 8) | ds[1]!) !== keyTag(dnskey)) return false;
  const make = ds[3] === 1 ? digests.sha1 : ds[3] === 2 ? digests.sha256 : ds[3] === 4 ? digests.sha384 : undefined;
  return make !== undefined && bytesEqual(ds.subarray(4), make(concatBytes([lowerName(owner), dnskey])));
}

/** More than any parent publishes; the rest of a larger DS RRset is not looked at. */
const MAX_DS = 64;

/** What a DS RRset (RDATAs) at the parent says about the keys that the status is about, and about the other signers' keys. */
export function viewParent(
  owner: Name,
  parentDs: readonly Uint8Array[],
  ours: readonly Uint8Array[],
  foreign: readonly Uint8Array[],
  digests: Digests,
): ParentView {
  const dsSet = parentDs.slice(0, MAX_DS);
  if (dsSet.length === 0) return "none";
  const anyOf = (keys: readonly Uint8Array[]) =>
    keys.some((dnskey) => dsSet.some((ds) => dsMatches(ds, owner, dnskey, digests)));
  if (anyOf(ours)) return "ours";
  return anyOf(foreign) ? "foreign" : "mismatch";
}

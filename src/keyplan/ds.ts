/** What a DS RRset at the parent says about a zone's keys, and the CDS of a key (RFC 4034 section 5, RFC 7344). */
import {
  type Digests,
  DigestType,
  DnskeyFlag,
  dnskeyFlags,
  dsMatches,
  isSecureEntryPoint,
  isZoneKey,
  makeDs,
} from "#dnssec";
import type { Name } from "#name";
import type { ParentView } from "./status.ts";

/** A key that a DS may point at: zone key, secure entry point, not revoked. */
export function isEntryPoint(dnskey: Uint8Array): boolean {
  return isZoneKey(dnskey) && isSecureEntryPoint(dnskey);
}

/**
 * A DNSKEY that belongs into the RRset, revoked or not (RFC 5011 section 2.1: a revoked key stays published for a while).
 * Algorithm 0 is reserved (RFC 4034 appendix A.1).
 */
export function isPublishable(dnskey: Uint8Array): boolean {
  return dnskey.length > 4 && (dnskeyFlags(dnskey) & DnskeyFlag.Zone) !== 0 && dnskey[2] === 3 && dnskey[3] !== 0;
}

/** DS (or CDS) RDATA with SHA-256. */
export function dsRdata(owner: Name, dnskey: Uint8Array, digests: Digests): Uint8Array {
  return makeDs(owner, dnskey, DigestType.SHA256, digests)!;
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
    keys.some((dnskey) => dsSet.some((ds) => dsMatches(owner, ds, dnskey, digests)));
  if (anyOf(ours)) return "ours";
  return anyOf(foreign) ? "foreign" : "mismatch";
}

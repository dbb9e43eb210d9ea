/** Which sets of a zone that is signed here are made here, and which are signed by whom. */
import { NodeFlag } from "#image";
import { RRType } from "#rdata";

/** Never in what is given out but as the chain that is made here. */
export const CHAIN_TYPES: ReadonlySet<number> = new Set([RRType.NSEC, RRType.NSEC3, RRType.NSEC3PARAM, RRType.RRSIG]);

/** Signed by the KSK already, and brought along by whoever publishes. */
export const BY_KSK: ReadonlySet<number> = new Set([RRType.DNSKEY, RRType.CDS, RRType.CDNSKEY]);

/** By the ZSK. RFC 4035 section 2.2: at a cut the parent's side signs DS and NSEC alone. */
export function isSigned(type: number, flags: number): boolean {
  if ((flags & NodeFlag.Cut) !== 0) return type === RRType.DS || type === RRType.NSEC;
  return (flags & NodeFlag.Apex) === 0 || !BY_KSK.has(type);
}

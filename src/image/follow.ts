/** RRsets whose targets' addresses go into the additional section (RFC 1034 section 3.7, RFC 2782, RFC 9460 section 4.1). */
import { HASH_SEED, hashLabel } from "#name";
import { RRType } from "#rdata";

/** A set with more targets than this sends no more along: it would not fit a message anyway. */
export const MAX_TARGETS = 64;

/** Where the target stands in the RDATA of this type, uncompressed; -1 for types that are not followed. */
export function followedAt(type: number): number {
  switch (type) {
    case RRType.NS:
      return 0;
    case RRType.MX:
    case RRType.SVCB:
    case RRType.HTTPS:
      return 2;
    case RRType.SRV:
      return 6;
    default:
      return -1;
  }
}

/** `nameHash` of the name at `octets[at]`, without making a view of it. Synchronous: the label starts are the room's. */
export function hashAt(octets: Uint8Array, at: number): number {
  let labels = 0;
  for (let p = at; octets[p]! !== 0; p += octets[p]! + 1) starts[labels++] = p;
  let hash = HASH_SEED;
  for (let i = labels - 1; i >= 0; i--) hash = hashLabel(hash, octets, starts[i]!);
  return hash;
}

const starts = new Float64Array(128);

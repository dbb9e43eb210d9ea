/** Whether two versions of a zone are the same: what an IXFR led to, and what an AXFR of that serial brought. */
import { compareBytes, toHex } from "#bytes";
import { compareNames, printName } from "#name";
import { canonicalRdata, RRType, typeName } from "#rdata";
import type { RRset, ZoneVersion } from "./version.ts";

/**
 * One sentence about the first RRset, in canonical order, that is not in both or not the same: records by canonical RDATA
 * (RFC 4034 section 6), in any order, and TTL. Undefined when there is none. The spelling of owners does not count.
 */
export function firstDifference(ours: ZoneVersion, theirs: ZoneVersion): string | undefined {
  const right = theirs.rrsets();
  for (const mine of ours.rrsets()) {
    const next = right.next();
    const difference = next.done ? `${about(mine)} is ours alone` : tellApart(mine, next.value);
    if (difference) return difference;
  }
  const left = right.next();
  return left.done ? undefined : `${about(left.value)} is theirs alone`;
}

function tellApart(ours: RRset, theirs: RRset): string | undefined {
  const order = compareNames(ours.owner, theirs.owner) || ours.type - theirs.type || covered(ours) - covered(theirs);
  if (order !== 0) return `${about(ours)} is ours, ${about(theirs)} theirs`;
  if (ours.ttl !== theirs.ttl) return `${about(ours)}: TTL ${ours.ttl} is ours, ${theirs.ttl} theirs`;
  const left = canonical(ours);
  const right = canonical(theirs);
  if (left.length === right.length && left.every((rdata, i) => compareBytes(rdata, right[i]!) === 0)) return undefined;
  const known = new Set(right.map(toHex));
  const only = left.map(toHex).find((rdata) => !known.has(rdata));
  return `${about(ours)}: ${left.length} records are ours, ${right.length} theirs${only ? `; ours alone: ${only}` : ""}`;
}

function about({ owner, type }: RRset): string {
  return `${printName(owner)} ${typeName(type)}`;
}

/** The first two octets of an RRSIG: the type it covers. For all others it tells nothing that the rest does not. */
function covered({ rdatas, type }: RRset): number {
  const [rdata] = rdatas;
  return type === RRType.RRSIG && rdata ? (rdata[0]! << 8) | rdata[1]! : 0;
}

function canonical({ type, rdatas }: RRset): Uint8Array[] {
  return rdatas.map((rdata) => canonicalRdata(type, rdata)).sort(compareBytes);
}

/**
 * A zone version and the changes of an IXFR, to the version that they lead to: the slow, obvious way, which says what is
 * right. What results is what an AXFR of the same serial would have brought.
 *
 * ```
 *  changes ─▶ which RRsets they touch ─▶ those, record by record, out of the base ─▶ deletions, additions, in order ─┐
 *  base ────▶ all other RRsets ───────────────────────────────────────────────────────────────────────▶ ZoneBuilder ◀┘
 * ```
 * Strict, for an IXFR says which version it starts from, and ours either is that one or is not:
 * - A deletion names a record that is there: owner without case, RDATA in canonical form, and the TTL, too. RFC 1995 is
 *   silent about the TTL; NSD and Knot ignore it, BIND compares it (DNS_DBSUB_EXACT). Compared here, as another TTL shows
 *   that what we hold is not what the primary has, and what stays of the set would keep a TTL that an AXFR does not have.
 * - An addition names a record that is not there (Knot's strict mode and BIND: an error; NSD: ignored).
 * - The old SOA of each change is one of its deletions, so a base of the right serial and other content is noticed.
 * - TTLs that differ within a set are kept record by record up to the end, and then treated as those of an AXFR are
 *   (RFC 2181 section 5.2). Such a version is no base for another IXFR: `ttlsDiffered`.
 *
 * Where a primary spells one owner in two ways, the spelling that we keep may be the other one than after an AXFR.
 */
import { fail, type Result, toHex } from "#bytes";
import { type Name, nameEquals, nameKey, printName } from "#name";
import { canonicalRdata, RRType, typeName } from "#rdata";
import { ZoneBuilder } from "./builder.ts";
import type { ChangeRecord, ZoneChange } from "./change.ts";
import { RRsetFlag } from "./columns.ts";
import { DEFAULT_ZONE_LIMITS, type ZoneError, type ZoneErrorCode, type ZoneLimits } from "./limits.ts";
import type { RRset, ZoneVersion } from "./version.ts";

/** What changes are applied to: a `ZoneVersion`, or an image that is unpacked. */
export type ZoneSource = { readonly apex: Name; rrsets(): Iterable<RRset> };

export type ChangeErrorCode =
  | ZoneErrorCode
  | "delete-missing"
  | "delete-other-ttl"
  | "add-present"
  /** A change that does not start from the serial that the one before led to, or the first one from another SOA than ours. */
  | "base-differs"
  | "soa-missing";

export type ChangeError = Omit<ZoneError, "code"> & { readonly code: ChangeErrorCode };

/** An RRset that some change touches. */
type Touched = {
  readonly type: number;
  /** By canonical RDATA, in order of arrival. */
  readonly records: Map<string, { readonly owner: Name; readonly ttl: number; readonly rdata: Uint8Array }>;
};

/** The octets of `base` and `changes` are copied. The first thing that does not fit ends it. */
export function applyChanges(
  base: ZoneSource,
  changes: readonly ZoneChange[],
  limits: ZoneLimits = DEFAULT_ZONE_LIMITS,
): Result<ZoneVersion, ChangeError> {
  const touched = collectTouched(changes);
  const builder = new ZoneBuilder(base.apex, limits);
  for (const set of base.rrsets()) {
    const found = touched.get(setKey(set.owner, set.type, set.rdatas[0]));
    const problem = found ? takeBase(found, set) : addSet(builder, set);
    if (problem) return fail(problem);
  }
  for (const change of changes) {
    const problem = applyChange(base.apex, touched, change);
    if (problem) return fail(problem);
  }
  for (const { type, records } of touched.values()) {
    for (const { owner, ttl, rdata } of records.values()) {
      const added = builder.add(owner, type, ttl, rdata);
      if (!added.ok) return added;
    }
  }
  return builder.finish();
}

/** True when some RRset came with TTLs that differ: what an IXFR says about it can't be compared with what we keep. */
export function ttlsDiffered(zone: ZoneVersion): boolean {
  const { rrsetFlags } = zone.columns;
  const both = RRsetFlag.TtlsDiffered | RRsetFlag.DuplicatesRemoved;
  return rrsetFlags.includes(RRsetFlag.TtlsDiffered) || rrsetFlags.includes(both);
}

function collectTouched(changes: readonly ZoneChange[]): Map<string, Touched> {
  const touched = new Map<string, Touched>();
  for (const { deletions, additions } of changes) {
    for (const batch of [deletions, additions]) {
      for (const { owner, type, rdata } of batch) {
        const key = setKey(owner, type, rdata);
        if (!touched.has(key)) touched.set(key, { type, records: new Map() });
      }
    }
  }
  return touched;
}

/** RRSIGs are a set for each type that they cover. */
function setKey(owner: Name, type: number, rdata: Uint8Array | undefined): string {
  const covered = type === RRType.RRSIG && rdata ? (rdata[0]! << 8) | rdata[1]! : 0;
  return `${type} ${covered} ${nameKey(owner)}`;
}

function takeBase(touched: Touched, set: RRset): ChangeError | undefined {
  const { owner, type, ttl } = set;
  for (const rdata of set.rdatas) touched.records.set(rdataKey(type, rdata), { owner, ttl, rdata });
  return undefined;
}

function addSet(builder: ZoneBuilder, { owner, type, ttl, rdatas }: RRset): ChangeError | undefined {
  for (const rdata of rdatas) {
    const added = builder.add(owner, type, ttl, rdata);
    if (!added.ok) return added.error;
  }
  return undefined;
}

function applyChange(apex: Name, touched: Map<string, Touched>, change: ZoneChange): ChangeError | undefined {
  let deletions = 0;
  for (const record of change.deletions) {
    if (deletions++ === 0 && !isSoa(record, apex))
      return refuse(record, "soa-missing", "stands in the place of the SOA");
    const problem = deleteRecord(touched, record);
    // The SOA comes first. One that we do not have says that this change is for another version.
    if (problem) return deletions === 1 ? { ...problem, code: "base-differs" } : problem;
  }
  let additions = 0;
  for (const record of change.additions) {
    if (additions++ === 0 && !isSoa(record, apex))
      return refuse(record, "soa-missing", "stands in the place of the SOA");
    const problem = addRecord(touched, record);
    if (problem) return problem;
  }
  if (deletions > 0 && additions > 0) return undefined;
  return { code: "soa-missing", text: "a change without both of its SOA records" };
}

function isSoa({ owner, type }: ChangeRecord, apex: Name): boolean {
  return type === RRType.SOA && nameEquals(owner, apex);
}

function deleteRecord(touched: Map<string, Touched>, record: ChangeRecord): ChangeError | undefined {
  const { records } = touched.get(setKey(record.owner, record.type, record.rdata))!;
  const key = rdataKey(record.type, record.rdata);
  const found = records.get(key);
  if (!found) return refuse(record, "delete-missing", "is to be deleted and is not there");
  if (found.ttl !== record.ttl)
    return refuse(record, "delete-other-ttl", `is to be deleted with TTL ${record.ttl}, ours is ${found.ttl}`);
  records.delete(key);
  return undefined;
}

function addRecord(touched: Map<string, Touched>, record: ChangeRecord): ChangeError | undefined {
  const { owner, ttl, rdata } = record;
  const { records } = touched.get(setKey(owner, record.type, rdata))!;
  const key = rdataKey(record.type, rdata);
  if (records.has(key)) return refuse(record, "add-present", "is to be added and is there");
  records.set(key, { owner, ttl, rdata });
  return undefined;
}

function rdataKey(type: number, rdata: Uint8Array): string {
  return toHex(canonicalRdata(type, rdata));
}

function refuse({ owner, type }: ChangeRecord, code: ChangeErrorCode, what: string): ChangeError {
  const printed = printName(owner);
  return { code, owner: printed, type, text: `${printed} ${typeName(type)}: ${what}` };
}

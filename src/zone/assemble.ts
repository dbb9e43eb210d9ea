/**
 * Turns what the builder gathered into the finished columns: canonical order, RRsets, minimum TTL, duplicates removed.
 * Columns that are in their final order already are taken over as they are, not copied.
 */
import { fail, ok, type Result } from "#bytes";
import { type Name, printName } from "#name";
import { RRType } from "#rdata";
import { canonicalOrder } from "./canonical-order.ts";
import { COLUMNS_LAYOUT, RRsetFlag, type ZoneColumns } from "./columns.ts";
import { markDuplicates } from "./duplicates.ts";
import { sharedColumn } from "./grow.ts";
import type { ZoneError } from "./limits.ts";
import type { NameTable } from "./name-table.ts";
import { keyCovered, keyType, type RecordColumns } from "./records.ts";
import { sortIndexes } from "./sort.ts";

/** Up to here the records of one name are put in order by insertion. */
const FEW_RECORDS = 32;

/** RRsets as they are found. The columns have room for as many as there are records; what is not touched costs nothing. */
type Grouping = {
  /** Record indexes, RRset by RRset, duplicates left out; the first `kept` count. */
  readonly order: Uint32Array;
  kept: number;
  rrsets: number;
  readonly types: Uint16Array;
  readonly covered: Uint16Array;
  readonly ttls: Uint32Array;
  readonly flags: Uint8Array;
  /** First entry of `order` of each RRset. */
  readonly firsts: Uint32Array;
};

export function assemble(apex: Name, names: NameTable, records: RecordColumns): Result<ZoneColumns, ZoneError> {
  const nameOrder = canonicalOrder(names, apex);
  const { order, nameStarts } = recordsByName(nameOrder, names.count, records);
  const grouping: Grouping = {
    order,
    kept: 0,
    rrsets: 0,
    types: sharedColumn(Uint16Array, records.count),
    covered: sharedColumn(Uint16Array, records.count),
    ttls: sharedColumn(Uint32Array, records.count),
    flags: sharedColumn(Uint8Array, records.count),
    firsts: sharedColumn(Uint32Array, records.count + 1),
  };
  const nameRRsets: Uint32Array = sharedColumn(Uint32Array, names.count + 1);
  for (let name = 0; name < names.count; name++) {
    nameRRsets[name] = grouping.rrsets;
    const start = nameStarts[name]!;
    const end = nameStarts[name + 1]!;
    sortByKey(order, start, end, records.keys);
    groupName(grouping, records, start, end);
  }
  nameRRsets[names.count] = grouping.rrsets;
  grouping.firsts[grouping.rrsets] = grouping.kept;
  const problem = checkSoa(apex, names, nameOrder?.[0] ?? 0, nameRRsets, grouping);
  if (problem) return fail(problem);
  const { rrsets } = grouping;
  return ok({
    layout: COLUMNS_LAYOUT,
    apex: apex.slice(),
    ...nameColumns(names, nameOrder),
    nameRRsets,
    rrsetTypes: grouping.types.subarray(0, rrsets),
    rrsetCovered: grouping.covered.subarray(0, rrsets),
    rrsetTtls: grouping.ttls.subarray(0, rrsets),
    rrsetFlags: grouping.flags.subarray(0, rrsets),
    rrsetRecords: grouping.firsts.subarray(0, rrsets + 1),
    ...recordColumns(records, order, grouping.kept),
    rdata: records.rdata.subarray(0, records.rdataUsed),
  });
}

/** Record indexes name by name (a counting sort, so arrival order stays within a name). */
function recordsByName(
  nameOrder: Uint32Array | undefined,
  nameCount: number,
  records: RecordColumns,
): { order: Uint32Array; nameStarts: Uint32Array } {
  const rank = nameOrder && new Uint32Array(nameCount);
  if (rank && nameOrder) for (let position = 0; position < nameCount; position++) rank[nameOrder[position]!] = position;
  const nameStarts = new Uint32Array(nameCount + 1);
  for (let i = 0; i < records.count; i++) {
    const id = records.names[i]!;
    nameStarts[(rank ? rank[id]! : id) + 1]!++;
  }
  for (let position = 0; position < nameCount; position++) nameStarts[position + 1]! += nameStarts[position]!;
  const next = nameStarts.slice(0, nameCount);
  const order = new Uint32Array(records.count);
  for (let i = 0; i < records.count; i++) {
    const id = records.names[i]!;
    order[next[rank ? rank[id]! : id]!++] = i;
  }
  return { order, nameStarts };
}

function sortByKey(order: Uint32Array, start: number, end: number, keys: Uint32Array): void {
  if (end - start > FEW_RECORDS) {
    sortIndexes(order.subarray(start, end), (a, b) => keys[a]! - keys[b]!);
    return;
  }
  for (let i = start + 1; i < end; i++) {
    const index = order[i]!;
    const key = keys[index]!;
    let at = i;
    while (at > start && keys[order[at - 1]!]! > key) {
      order[at] = order[at - 1]!;
      at--;
    }
    order[at] = index;
  }
}

/** Appends the RRsets of `order[start..end)`, one name's records sorted by key. Writes `order` only behind what it reads. */
function groupName(grouping: Grouping, records: RecordColumns, start: number, end: number): void {
  const { order } = grouping;
  for (let at = start; at < end; ) {
    const key = records.keys[order[at]!]!;
    let setEnd = at + 1;
    while (setEnd < end && records.keys[order[setEnd]!] === key) setEnd++;
    const rrset = grouping.rrsets++;
    grouping.firsts[rrset] = grouping.kept;
    let ttl = records.ttls[order[at]!]!;
    let flag = 0;
    for (let i = at + 1; i < setEnd; i++) {
      const other = records.ttls[order[i]!]!;
      if (other !== ttl) flag = RRsetFlag.TtlsDiffered;
      if (other < ttl) ttl = other;
    }
    const duplicate = setEnd - at > 1 ? markDuplicates(records, order, at, setEnd) : undefined;
    if (duplicate) flag |= RRsetFlag.DuplicatesRemoved;
    for (let i = at; i < setEnd; i++) if (!duplicate?.[i - at]) order[grouping.kept++] = order[i]!;
    grouping.types[rrset] = keyType(key);
    grouping.covered[rrset] = keyCovered(key);
    grouping.ttls[rrset] = ttl;
    if (flag !== 0) grouping.flags[rrset] = flag;
    at = setEnd;
  }
}

/** `first` is the canonically first name: the apex, when the zone has anything there. */
function checkSoa(
  apex: Name,
  names: NameTable,
  first: number,
  nameRRsets: Uint32Array,
  grouping: Grouping,
): ZoneError | undefined {
  const about = { owner: printName(apex), type: RRType.SOA };
  const apexThere = names.count > 0 && names.offsets[first + 1]! - names.offsets[first]! === apex.length;
  const apexEnd = apexThere ? nameRRsets[1]! : 0;
  for (let rrset = 0; rrset < apexEnd; rrset++) {
    if (grouping.types[rrset] !== RRType.SOA) continue;
    const count = grouping.firsts[rrset + 1]! - grouping.firsts[rrset]!;
    if (count === 1) return undefined;
    return { code: "several-soas", ...about, text: `${about.owner}: ${count} different SOA records` };
  }
  return { code: "no-soa", ...about, text: `${about.owner}: no SOA record` };
}

type NameColumns = Pick<ZoneColumns, "nameOctets" | "nameOffsets" | "nameHashes">;

function nameColumns(names: NameTable, nameOrder: Uint32Array | undefined): NameColumns {
  const { count, octetsUsed } = names;
  if (!nameOrder)
    return {
      nameOctets: names.octets.subarray(0, octetsUsed),
      nameOffsets: names.offsets.subarray(0, count + 1),
      nameHashes: names.hashes.subarray(0, count),
    };
  const nameOctets: Uint8Array = sharedColumn(Uint8Array, octetsUsed);
  const nameOffsets: Uint32Array = sharedColumn(Uint32Array, count + 1);
  const nameHashes: Int32Array = sharedColumn(Int32Array, count);
  let used = 0;
  for (let name = 0; name < count; name++) {
    const id = nameOrder[name]!;
    const end = names.offsets[id + 1]!;
    for (let i = names.offsets[id]!; i < end; i++) nameOctets[used++] = names.octets[i]!;
    nameOffsets[name + 1] = used;
    nameHashes[name] = names.hashes[id]!;
  }
  return { nameOctets, nameOffsets, nameHashes };
}

function recordColumns(
  records: RecordColumns,
  order: Uint32Array,
  kept: number,
): Pick<ZoneColumns, "recordOffsets" | "recordLengths"> {
  let inOrder = kept === records.count;
  for (let r = 0; inOrder && r < kept; r++) inOrder = order[r] === r;
  if (inOrder)
    return { recordOffsets: records.offsets.subarray(0, kept), recordLengths: records.lengths.subarray(0, kept) };
  const recordOffsets: Uint32Array = sharedColumn(Uint32Array, kept);
  const recordLengths: Uint16Array = sharedColumn(Uint16Array, kept);
  for (let r = 0; r < kept; r++) {
    recordOffsets[r] = records.offsets[order[r]!]!;
    recordLengths[r] = records.lengths[order[r]!]!;
  }
  return { recordOffsets, recordLengths };
}

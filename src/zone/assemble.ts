/** Turns what the builder gathered into the finished columns: canonical order, RRsets, minimum TTL, duplicates removed. */
import { fail, ok, type Result } from "#bytes";
import { type Name, printName } from "#name";
import { RRType } from "#rdata";
import { canonicalOrder } from "./canonical-order.ts";
import { allocateColumns, RRsetFlag, type ZoneColumns } from "./columns.ts";
import { markDuplicates } from "./duplicates.ts";
import type { ZoneError } from "./limits.ts";
import type { NameTable } from "./name-table.ts";
import { keyCovered, keyType, type RecordColumns, rrsetKey } from "./records.ts";
import { sortIndexes } from "./sort.ts";

/** Up to here the records of one name are put in order by insertion. */
const FEW_RECORDS = 32;

/** RRsets as they are found, before the exact sizes of the columns are known. */
type Grouping = {
  /** Record indexes, RRset by RRset, duplicates left out; the first `kept` count. */
  readonly order: Uint32Array;
  kept: number;
  rrsets: number;
  /** First RRset of each name in canonical order. */
  readonly nameRRsets: Uint32Array;
  readonly keys: Uint32Array;
  readonly ttls: Uint32Array;
  readonly flags: Uint8Array;
  /** First entry of `order` of each RRset. */
  readonly firsts: Uint32Array;
};

export function assemble(apex: Name, names: NameTable, records: RecordColumns): Result<ZoneColumns, ZoneError> {
  const nameOrder = canonicalOrder(names, apex);
  const { order, nameStarts } = recordsByName(nameOrder, records);
  const grouping: Grouping = {
    order,
    kept: 0,
    rrsets: 0,
    nameRRsets: new Uint32Array(names.count + 1),
    keys: new Uint32Array(records.count),
    ttls: new Uint32Array(records.count),
    flags: new Uint8Array(records.count),
    firsts: new Uint32Array(records.count + 1),
  };
  for (let name = 0; name < names.count; name++) {
    grouping.nameRRsets[name] = grouping.rrsets;
    const start = nameStarts[name]!;
    const end = nameStarts[name + 1]!;
    sortByKey(order, start, end, records.keys);
    groupName(grouping, records, start, end);
  }
  grouping.nameRRsets[names.count] = grouping.rrsets;
  grouping.firsts[grouping.rrsets] = grouping.kept;
  const problem = checkSoa(apex, names, nameOrder, grouping);
  return problem ? fail(problem) : ok(fill(apex, names, nameOrder, records, grouping));
}

/** Record indexes name by name (a counting sort, so arrival order stays within a name). */
function recordsByName(
  nameOrder: Uint32Array,
  records: RecordColumns,
): { order: Uint32Array<ArrayBuffer>; nameStarts: Uint32Array } {
  const count = nameOrder.length;
  const rank = new Uint32Array(count);
  for (let position = 0; position < count; position++) rank[nameOrder[position]!] = position;
  const nameStarts = new Uint32Array(count + 1);
  for (let i = 0; i < records.count; i++) nameStarts[rank[records.names[i]!]! + 1]!++;
  for (let position = 0; position < count; position++) nameStarts[position + 1]! += nameStarts[position]!;
  const next = nameStarts.slice(0, count);
  const order = new Uint32Array(records.count);
  for (let i = 0; i < records.count; i++) order[next[rank[records.names[i]!]!]!++] = i;
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
  const { order, keys, ttls, flags, firsts } = grouping;
  for (let at = start; at < end; ) {
    const key = records.keys[order[at]!]!;
    let setEnd = at + 1;
    while (setEnd < end && records.keys[order[setEnd]!] === key) setEnd++;
    const rrset = grouping.rrsets++;
    keys[rrset] = key;
    firsts[rrset] = grouping.kept;
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
    ttls[rrset] = ttl;
    flags[rrset] = flag;
    at = setEnd;
  }
}

function checkSoa(apex: Name, names: NameTable, nameOrder: Uint32Array, grouping: Grouping): ZoneError | undefined {
  const about = { owner: printName(apex), type: RRType.SOA };
  const soaKey = rrsetKey(RRType.SOA, 0);
  // The apex is canonically first of everything at or below it.
  const apexFirst =
    names.count > 0 && names.offsets[nameOrder[0]! + 1]! - names.offsets[nameOrder[0]!]! === apex.length;
  const apexEnd = apexFirst ? grouping.nameRRsets[1]! : 0;
  for (let rrset = 0; rrset < apexEnd; rrset++) {
    if (grouping.keys[rrset] !== soaKey) continue;
    const count = grouping.firsts[rrset + 1]! - grouping.firsts[rrset]!;
    if (count === 1) return undefined;
    return { code: "several-soas", ...about, text: `${about.owner}: ${count} different SOA records` };
  }
  return { code: "no-soa", ...about, text: `${about.owner}: no SOA record` };
}

function fill(
  apex: Name,
  names: NameTable,
  nameOrder: Uint32Array,
  records: RecordColumns,
  grouping: Grouping,
): ZoneColumns {
  const columns = allocateColumns(apex, {
    names: names.count,
    rrsets: grouping.rrsets,
    records: grouping.kept,
    nameOctets: names.octetsUsed,
    rdataOctets: records.rdataUsed,
  });
  let used = 0;
  for (let name = 0; name < names.count; name++) {
    const id = nameOrder[name]!;
    const end = names.offsets[id + 1]!;
    for (let i = names.offsets[id]!; i < end; i++) columns.nameOctets[used++] = names.octets[i]!;
    columns.nameOffsets[name + 1] = used;
    columns.nameHashes[name] = names.hashes[id]!;
  }
  columns.nameRRsets.set(grouping.nameRRsets);
  for (let rrset = 0; rrset < grouping.rrsets; rrset++) {
    columns.rrsetTypes[rrset] = keyType(grouping.keys[rrset]!);
    columns.rrsetCovered[rrset] = keyCovered(grouping.keys[rrset]!);
  }
  columns.rrsetTtls.set(grouping.ttls.subarray(0, grouping.rrsets));
  columns.rrsetFlags.set(grouping.flags.subarray(0, grouping.rrsets));
  columns.rrsetRecords.set(grouping.firsts.subarray(0, grouping.rrsets + 1));
  for (let r = 0; r < grouping.kept; r++) {
    columns.recordOffsets[r] = records.offsets[grouping.order[r]!]!;
    columns.recordLengths[r] = records.lengths[grouping.order[r]!]!;
  }
  columns.rdata.set(records.rdata.subarray(0, records.rdataUsed));
  return columns;
}

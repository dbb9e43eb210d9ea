/**
 * Records that stand more than once in an RRset (RFC 2181 section 5). Two are the same when their canonical RDATA is
 * (RFC 4034 section 6.3): names inside, of the old types, compare without case. The one that came first is kept.
 */
import { compareBytes } from "#bytes";
import { CASE_FOLD } from "#name";
import { canonicalRdata } from "#rdata";
import { keyType, type RecordColumns } from "./records.ts";
import { sortIndexes } from "./sort.ts";

/** Up to here each record is compared with each before it; longer RRsets are sorted, so that 10,000 records stay cheap. */
const FEW_RECORDS = 16;

/** For each of `order[start..end)`, the records of one RRset, 1 when it repeats an earlier one; undefined when none does. */
export function markDuplicates(
  records: RecordColumns,
  order: Uint32Array,
  start: number,
  end: number,
): Uint8Array | undefined {
  return end - start <= FEW_RECORDS
    ? markByPairs(records, order, start, end)
    : markBySorting(records, order, start, end);
}

function markByPairs(records: RecordColumns, order: Uint32Array, start: number, end: number): Uint8Array | undefined {
  let marks: Uint8Array | undefined;
  for (let i = start + 1; i < end; i++) {
    for (let j = start; j < i; j++) {
      if (!sameRdata(records, order[i]!, order[j]!)) continue;
      marks ??= new Uint8Array(end - start);
      marks[i - start] = 1;
      break;
    }
  }
  return marks;
}

function markBySorting(records: RecordColumns, order: Uint32Array, start: number, end: number): Uint8Array | undefined {
  const count = end - start;
  const type = keyType(records.keys[order[start]!]!);
  const canonical: Uint8Array[] = [];
  for (let i = start; i < end; i++) canonical.push(canonicalRdata(type, rdataOf(records, order[i]!)));
  const sorted = new Uint32Array(count);
  for (let i = 0; i < count; i++) sorted[i] = i;
  sortIndexes(sorted, (a, b) => compareBytes(canonical[a]!, canonical[b]!));
  let marks: Uint8Array | undefined;
  for (let i = 1; i < count; i++) {
    // The sort is stable: of equal ones the first to come stands first.
    if (compareBytes(canonical[sorted[i]!]!, canonical[sorted[i - 1]!]!) !== 0) continue;
    marks ??= new Uint8Array(count);
    marks[sorted[i]!] = 1;
  }
  return marks;
}

function sameRdata(records: RecordColumns, a: number, b: number): boolean {
  const length = records.lengths[a]!;
  if (records.lengths[b] !== length) return false;
  const { rdata } = records;
  const startA = records.offsets[a]!;
  const startB = records.offsets[b]!;
  let exact = true;
  for (let i = 0; i < length; i++) {
    const x = rdata[startA + i]!;
    const y = rdata[startB + i]!;
    if (x === y) continue;
    if (CASE_FOLD[x] !== CASE_FOLD[y]) return false;
    exact = false;
  }
  if (exact) return true;
  const type = keyType(records.keys[a]!);
  return compareBytes(canonicalRdata(type, rdataOf(records, a)), canonicalRdata(type, rdataOf(records, b))) === 0;
}

function rdataOf(records: RecordColumns, record: number): Uint8Array {
  const start = records.offsets[record]!;
  return records.rdata.subarray(start, start + records.lengths[record]!);
}

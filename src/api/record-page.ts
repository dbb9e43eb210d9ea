/**
 * One page out of a zone of perhaps a million records: goes through the source entry by entry, prints only what is on the
 * page, and lets other work in between (this is the control thread).
 */
import { setImmediate } from "node:timers/promises";
import type { DnsRecord, Outcome, RecordEntry, RecordSource } from "#contract";
import { done, type Page } from "./call.ts";
import { makeRecordTest, type RecordQuery } from "./record-filter.ts";

const PER_PAGE = 100;
const PER_PAGE_MAX = 50_000;
/** Entries between two pauses: some milliseconds. */
const ENTRIES_AT_ONCE = 2_000;
/** More matches than this are not sorted. */
export const SORT_MAX = 1_000_000;

export async function pageRecords(
  source: RecordSource,
  query: RecordQuery,
  sortMax = SORT_MAX,
): Promise<Outcome<Page<DnsRecord>>> {
  const perPage = Math.min(query.per_page ?? PER_PAGE, PER_PAGE_MAX);
  const from = (query.page - 1) * perPage;
  const page = (items: readonly DnsRecord[], total: number) => done({ items, page: query.page, perPage, total });
  const test = makeRecordTest(query);
  if (query.order === undefined) {
    const { items, total } = await pageInOrder(source, test, from, from + perPage);
    return page(items, total);
  }
  const sorted = await sortedPlaces(source, test, query.order, query.direction, sortMax);
  if (sorted === undefined) return { ok: false, error: { code: "record.too-many-to-sort", about: String(sortMax) } };
  return page(await printPlaces(source, sorted.slice(from, from + perPage)), sorted.length);
}

type Test = ((entry: RecordEntry) => boolean) | undefined;

/** In the source's own order. Without a test the count is known, and the walk ends with the page. */
async function pageInOrder(source: RecordSource, test: Test, from: number, to: number) {
  const items: DnsRecord[] = [];
  let matches = 0;
  if (test === undefined && from >= source.count) return { items, total: source.count };
  await walk(source, (entry) => {
    if (test !== undefined && !test(entry)) return true;
    if (matches >= from && matches < to) items.push(entry.print());
    matches++;
    return test !== undefined || matches < to;
  });
  return { items, total: test === undefined ? source.count : matches };
}

type SortKey = string | number;

/** Places in the source of all matches, sorted. Undefined when there are too many. */
async function sortedPlaces(
  source: RecordSource,
  test: Test,
  order: NonNullable<RecordQuery["order"]>,
  direction: "asc" | "desc",
  sortMax: number,
): Promise<number[] | undefined> {
  const keyOf = SORT_KEYS[order];
  const found: { key: SortKey; place: number }[] = [];
  await walk(source, (entry, place) => {
    if (test === undefined || test(entry)) found.push({ key: keyOf(entry), place });
    return found.length <= sortMax;
  });
  if (found.length > sortMax) return undefined;
  const sign = direction === "desc" ? -1 : 1;
  found.sort((a, b) => sign * (a.key < b.key ? -1 : a.key > b.key ? 1 : 0) || a.place - b.place);
  return found.map((each) => each.place);
}

const SORT_KEYS: { readonly [K in NonNullable<RecordQuery["order"]>]: (entry: RecordEntry) => SortKey } = {
  type: (entry) => entry.type,
  name: (entry) => entry.name,
  content: (entry) => entry.content(),
  ttl: (entry) => entry.ttl,
  proxied: () => 0,
};

async function printPlaces(source: RecordSource, places: readonly number[]): Promise<DnsRecord[]> {
  if (places.length === 0) return [];
  const printed = new Map<number, DnsRecord>();
  const wanted = new Set(places);
  await walk(source, (entry, place) => {
    if (wanted.has(place)) printed.set(place, entry.print());
    return printed.size < wanted.size;
  });
  return places.map((place) => printed.get(place)!);
}

/** Visits entries until `visit` gives false. */
async function walk(source: RecordSource, visit: (entry: RecordEntry, place: number) => boolean): Promise<void> {
  let place = 0;
  for (const entry of source) {
    if (!visit(entry, place++)) return;
    if (place % ENTRIES_AT_ONCE === 0) await setImmediate();
  }
}

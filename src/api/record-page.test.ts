import { expect, it } from "vitest";
import type { DnsRecord, RecordEntry, RecordSource } from "#contract";
import { pageRecords } from "./record-page.ts";

/** A zone of `count` records that counts what is asked of it; its one entry object is reused, as sources may. */
function countedSource(count: number) {
  const asked = { entries: 0, prints: 0, contents: 0 };
  let at = 0;
  const entry: RecordEntry = {
    get name() {
      return `h${at}.example.com`;
    },
    get type() {
      return at % 2 ? "A" : "TXT";
    },
    get ttl() {
      return at % 7;
    },
    id: () => String(at),
    content: () => {
      asked.contents++;
      return `c${at}`;
    },
    print: () => {
      asked.prints++;
      return { name: `h${at}.example.com`, ttl: at % 7 } as DnsRecord;
    },
  };
  const source: RecordSource = {
    count,
    *[Symbol.iterator]() {
      for (at = 0; at < count; at++) {
        asked.entries++;
        yield entry;
      }
    },
  };
  return { source, asked };
}

const QUERY = { page: 1, match: "all", tag_match: "all", direction: "asc" } as const;

async function page(source: RecordSource, query: object) {
  const outcome = await pageRecords(source, { ...QUERY, ...query } as never);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.value;
}

it("stops at the end of the page when nothing is filtered", async () => {
  const { source, asked } = countedSource(1_000_000);
  expect(await page(source, { per_page: 50, page: 2 })).toMatchObject({ total: 1_000_000, perPage: 50 });
  expect(asked).toEqual({ entries: 100, prints: 50, contents: 0 });
  expect((await page(source, { per_page: 50_000, page: 21 })).items).toEqual([]);
  expect(asked.entries).toBe(100);
});

it("prints only what is on the page, also when all must be looked at", async () => {
  const { source, asked } = countedSource(100_000);
  const found = await page(source, { type: ["A"], per_page: 10, page: 3 });
  expect([found.total, found.items[0]!.name]).toEqual([50_000, "h41.example.com"]);
  expect(asked).toEqual({ entries: 100_000, prints: 10, contents: 0 });
});

it("sorts, keeping the zone's order among equals", async () => {
  const { source } = countedSource(20);
  const found = await page(source, { order: "ttl", direction: "desc", per_page: 5 });
  expect(found.items.map((item) => [item.ttl, item.name])).toEqual([
    [6, "h6.example.com"],
    [6, "h13.example.com"],
    [5, "h5.example.com"],
    [5, "h12.example.com"],
    [5, "h19.example.com"],
  ]);
});

it("does not sort more than it has room for", async () => {
  const { source } = countedSource(101);
  expect(await pageRecords(source, { ...QUERY, order: "name" } as never, 100)).toMatchObject({
    error: { code: "record.too-many-to-sort" },
  });
});

it("holds the largest page within its limit", async () => {
  const { source } = countedSource(60_000);
  expect((await page(source, { per_page: 1_000_000 })).items).toHaveLength(50_000);
});

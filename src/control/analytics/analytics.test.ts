/** Reports from counts: dimensions, filters, sorting, intervals, what can't be told together; and rows over minutes, hours, days and restarts. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { AnalyticsQuery } from "#contract";
import { openStore, type Store } from "#store";
import { createLogger, type TallyReading, tallyKey, timeBucket } from "#telemetry";
import { readCounts, ZoneCounts } from "./counts.ts";
import { AnalyticsKeeper } from "./keeper.ts";
import { DAY, deltaFor, HOUR, intervalsOf, spansOf } from "./periods.ts";
import { makeReport, planReport } from "./report.ts";

const ZONE = "0123456789abcdef0123456789abcdef";
const START = 1_790_000_000;
const cleanups: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

function counts(): ZoneCounts {
  const made = new ZoneCounts();
  made.addCell(tallyKey(1, 0, 0, false, false, 40, 60), 100);
  made.addCell(tallyKey(1, 3, 0, true, true, 40, 700), 10);
  made.addCell(tallyKey(28, 0, 1, false, false, 50, 60), 5);
  made.addTime(((tallyKey(1, 0, 0, false, false, 0, 0) & ~0xfff) | timeBucket(10_000)) >>> 0, 90);
  made.addTime(((tallyKey(1, 0, 0, false, false, 0, 0) & ~0xfff) | timeBucket(1_000_000)) >>> 0, 10);
  made.addName((1 << 4) | 0, "\x03www\x07example\0", 80, 0);
  made.addName((1 << 4) | 3, "\x01x\x07example\0", 10, 0);
  return made;
}

function report(query: Record<string, unknown>) {
  const plan = planReport(AnalyticsQuery.parse(query));
  if ("code" in plan) return plan.code;
  const { groups, totals } = makeReport(
    plan,
    [{ start: START, counts: counts() }],
    [{ from: START, to: START + 60 }],
    100,
  );
  return { groups: groups.map(({ dimensions, metrics }) => [...dimensions, ...metrics]), totals };
}

test("counts by dimension, largest first; filters; sorting", () => {
  expect(report({})).toEqual({ groups: [[115]], totals: { queryCount: 115 } });
  expect(report({ dimensions: ["queryType"] })).toMatchObject({
    groups: [
      ["A", 110],
      ["AAAA", 5],
    ],
  });
  expect(report({ dimensions: ["responseCode", "ipVersion", "tcp"], sort: ["+queryCount"] })).toMatchObject({
    groups: [
      ["NOERROR", "4", "1", 5],
      ["NXDOMAIN", "6", "0", 10],
      ["NOERROR", "4", "0", 100],
    ],
  });
  expect(
    report({ metrics: ["queryCount", "uncachedCount", "staleCount"], dimensions: ["responseCached"] }),
  ).toMatchObject({
    groups: [
      ["Cached", 105, 0, 0],
      ["Uncached", 10, 10, 0],
    ],
    totals: { queryCount: 115, uncachedCount: 10, staleCount: 0 },
  });
  expect(report({ filters: "responseCode==NXDOMAIN,queryType==AAAA" })).toMatchObject({ groups: [[15]] });
  expect(report({ filters: "responseCode==NOERROR;queryType!=a" })).toMatchObject({ groups: [[5]] });
  expect(report({ dimensions: ["responseSizeBucket"], sort: ["-responseSizeBucket"] })).toMatchObject({
    groups: [
      ["688-703", 10],
      ["48-63", 105],
    ],
  });
  expect(report({ dimensions: ["queryName", "responseCode"] })).toMatchObject({
    groups: [
      ["www.example", "NOERROR", 80],
      ["x.example", "NXDOMAIN", 10],
    ],
  });
});

test("response times from their buckets", () => {
  const result = report({ metrics: ["responseTimeAvg", "responseTimeMedian", "responseTime99th"] });
  const [average, median, high] = (result as { groups: number[][] }).groups[0]!;
  expect(average).toBeGreaterThan(0.08);
  expect(average).toBeLessThan(0.15);
  expect(median).toBeLessThan(0.02);
  expect(high).toBeGreaterThan(0.8);
});

test("what is not counted together is refused, and so is nonsense", () => {
  expect(report({ dimensions: ["queryName", "tcp"] })).toBe("analytics.not-together");
  expect(report({ dimensions: ["queryName"], metrics: ["uncachedCount"] })).toBe("analytics.not-together");
  expect(report({ metrics: ["responseTimeAvg"], dimensions: ["querySizeBucket"] })).toBe("analytics.not-together");
  expect(report({ filters: "nonsense==1" })).toBe("analytics.filter");
  expect(report({ filters: "queryType~A" })).toBe("analytics.filter");
  expect(report({ sort: ["queryType"] })).toBe("analytics.sort");
});

test("counts are bounded, and lose nothing of their sum", () => {
  const many = new ZoneCounts();
  for (let i = 0; i < 20_000; i++) many.addCell(tallyKey(i % 300, 0, 0, false, false, 40, i), 1);
  for (let i = 0; i < 20_000; i++) many.addName(16, `\x05${String(i).padStart(5, "0")}\0`, i, 0);
  expect([...many.cells].reduce((sum, [, count]) => sum + count, 0)).toBe(20_000);
  expect(many.cells.size).toBeLessThan(1100);
  expect(many.names.length).toBeLessThan(140);
  const again = readCounts(many.print())!;
  expect([...again.cells].reduce((sum, [, count]) => sum + count, 0)).toBe(20_000);
  expect(again.names.length).toBe(64);
  expect(readCounts(JSON.stringify({ version: 2 }))).toBeUndefined();
});

test("intervals by each unit, and the finest rows that are kept", () => {
  const monday = Date.UTC(2026, 10, 2) / 1000;
  expect(intervalsOf("day", monday + 100, monday + 2 * DAY)).toEqual([
    { from: monday + 100, to: monday + DAY },
    { from: monday + DAY, to: monday + 2 * DAY },
  ]);
  expect(intervalsOf("week", monday, monday + 14 * DAY)).toHaveLength(2);
  expect(intervalsOf("month", monday, Date.UTC(2027, 1, 1) / 1000)).toHaveLength(3);
  expect(intervalsOf("quarter", monday, Date.UTC(2027, 3, 1) / 1000)).toHaveLength(2);
  expect(intervalsOf("year", monday, Date.UTC(2029, 0, 1) / 1000)).toHaveLength(3);
  expect(intervalsOf("all", monday, monday + DAY)).toHaveLength(1);
  const now = START;
  expect(deltaFor("minute", now - 9 * HOUR, now, now)).toBeUndefined();
  expect(deltaFor("minute", now - HOUR, now, now)).toBe("minute");
  expect(deltaFor("auto", now - 100 * DAY, now - 99.9 * DAY, now)).toBe("day");
  const spans = spansOf(now - 100 * DAY, now, now);
  expect(spans.map(({ step }) => step)).toEqual([DAY, HOUR, 60]);
  expect(spans[0]!.to).toBe(spans[1]!.from);
  expect(spans[1]!.to).toBe(spans[2]!.from);
});

async function openZoneStore(): Promise<Store> {
  const directory = mkdtempSync(join(tmpdir(), "countersign-analytics-"));
  const plain = { seal: (octets: Uint8Array) => octets, open: (octets: Uint8Array) => octets };
  const store = openStore(directory, plain as never);
  cleanups.push(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });
  await store.accounts.add({ id: "a".repeat(32), name: "test", createdAt: 0 });
  const zone = { id: ZONE, accountId: "a".repeat(32), name: "example", createdAt: 0, modifiedAt: 0 };
  await store.zones.add({ ...ZONE_DEFAULTS, ...zone } as never);
  return store;
}

const ZONE_DEFAULTS = {
  status: "active",
  paused: false,
  denial: "compact",
  secondaryOverrides: false,
  zonemd: "off",
  signatureCheck: "all",
  timers: "interval",
  expired: "default",
  originalNameServers: null,
  activatedAt: null,
};

test("minutes become hours, hours days; a restart within a minute adds to it; nothing counts twice", async () => {
  const store = await openZoneStore();
  let now = Math.floor(START / DAY) * DAY;
  let waiting: TallyReading[] = [];
  const begin = () => {
    const keeper = new AnalyticsKeeper(
      store,
      createLogger("error"),
      () => 400,
      () => now,
    );
    keeper.begin(() => waiting.splice(0));
    return keeper;
  };
  const ask = (count: number) => {
    const cells = [{ zoneId: ZONE, key: tallyKey(1, 0, 0, false, false, 40, 60), count }];
    waiting = [{ cells, times: [], names: [], lost: 0 }];
  };
  const total = async (keeper: AnalyticsKeeper, since: number) => {
    const rows = await keeper.rowsOf(ZONE, since, now + 60);
    return rows.reduce((sum, row) => sum + [...row.counts.cells].reduce((a, [, b]) => a + b, 0), 0);
  };
  const midnight = now;
  let keeper = begin();
  let asked = 0;
  // Two days and some hours, a reading every 20 minutes; a restart now and then.
  for (let i = 0; i < 160; i++) {
    ask(i);
    asked += i;
    keeper.collect();
    if (i % 25 === 0) {
      // A busy machine may need longer than a server has for it; then the rest is left, as it should be.
      await keeper.stop(60_000);
      keeper = begin();
      ask(1);
      asked += 1;
      keeper.collect();
    }
    now += 1200;
  }
  expect(await total(keeper, midnight)).toBe(asked);
  expect((await store.analytics.ofZone(ZONE, DAY, 0, now)).length).toBe(2);
  // Far later minutes and hours are gone, days are there; then the days too.
  now += 40 * DAY;
  keeper.collect();
  expect(await total(keeper, midnight)).toBe(asked);
  expect(await store.analytics.firstStart(60)).toBeUndefined();
  now += 400 * DAY;
  keeper.collect();
  now += 60;
  keeper.collect();
  expect(await total(keeper, midnight)).toBe(0);
  await keeper.stop();
});

/** The SDK's dns.analytics over real questions: every one is counted once, by what it was, and is there after a restart. */
import Cloudflare from "cloudflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  askAllTcp,
  askAllUdp,
  type Countersign,
  makeDirectory,
  missingPrograms,
  type Peer,
  type Question,
  removeDirectory,
  startCountersign,
  startKnot,
  TEST_TOKEN,
  until,
} from "../peers/index.ts";

const missing = missingPrograms("knotd");
const leftOut = missing.length > 0 ? `: left out, no ${missing.join(", ")}` : "";
const TEXT = `
example.org. 300 IN SOA ns1.example.org. admin.example.org. 1 3600 600 86400 300
example.org. 300 IN NS ns1.example.org.
ns1.example.org. 300 IN A 192.0.2.1
www.example.org. 300 IN A 192.0.2.2
`;

describe.skipIf(missing.length > 0)(`dns_analytics${leftOut}`, () => {
  const directory = missing.length > 0 ? "" : makeDirectory("analytics");
  let primary: Peer;
  let product: Countersign;
  let client: Cloudflare;
  let zone_id: string;

  const start = async (): Promise<void> => {
    product = await startCountersign({ directory });
    client = new Cloudflare({ apiToken: TEST_TOKEN, baseURL: `${product.url}/client/v4` });
  };
  beforeAll(async () => {
    primary = await startKnot({ zones: [{ name: "example.org.", text: TEXT }] });
    await start();
    zone_id = await product.addZone({ name: "example.org.", primary, mode: "live" });
    await product.served(zone_id, "example.org.");
  });
  afterAll(async () => {
    await Promise.all([product?.stop(), primary?.stop()]);
    if (directory !== "") removeDirectory(directory);
  });

  const { reports } = { reports: () => client.dns.analytics.reports };
  /** Counts of the names of this test alone: what `served` asked is for the apex. */
  const filters = "queryName==www.example.org,queryName==nothing.example.org";
  const countNames = async () => {
    const report = await reports().get({ zone_id, dimensions: "queryName,queryType,responseCode", filters });
    return Object.fromEntries(report.data.map(({ dimensions, metrics }) => [dimensions.join(" "), metrics[0]]));
  };

  test("names, types and codes, counted one by one", async () => {
    const www = (type: number): Question => ({ name: "www.example.org.", type, edns: { do: true } });
    await askAllUdp(product, [
      ...Array.from({ length: 30 }, () => www(1)),
      ...Array.from({ length: 5 }, () => www(28)),
    ]);
    await askAllTcp(
      product,
      Array.from({ length: 7 }, () => ({ name: "NOTHING.example.org.", type: 1 })),
    );
    await until("42 answers counted", async () => {
      const counted = Object.values(await countNames()).reduce((sum: number, count) => sum + (count ?? 0), 0);
      return counted >= 42;
    });
    expect(await countNames()).toEqual({
      "www.example.org A NOERROR": 30,
      "www.example.org AAAA NOERROR": 5,
      "nothing.example.org A NXDOMAIN": 7,
    });
  });

  test("dimensions, metrics, filters, sorting and limits as the SDK asks for them", async () => {
    const byType = await reports().get({
      zone_id,
      metrics: "queryCount,uncachedCount,staleCount,responseTimeAvg,responseTime99th",
      dimensions: "queryType,tcp",
      filters: "queryType==A;ipVersion==4",
      sort: "-queryCount",
      limit: 10,
    });
    expect(byType.data.map(({ dimensions, metrics }) => [...dimensions, metrics[0]])).toEqual([
      ["A", "0", 30],
      ["A", "1", 7],
    ]);
    // The address may have been signed beforehand, by an idle worker, or by each of two that were asked at once.
    expect((byType.totals as { uncachedCount: number }).uncachedCount).toBeLessThanOrEqual(2);
    expect(byType.data[0]!.metrics[2]).toBe(0);
    expect(byType.data[0]!.metrics[3]).toBeGreaterThan(0);
    expect(byType.totals).toMatchObject({ queryCount: 37 });
    expect(byType.rows).toBe(2);
    expect([byType.min, byType.max]).toEqual([{}, {}]);
    expect(byType.query).toMatchObject({ metrics: expect.any(Array), dimensions: ["queryType", "tcp"], limit: 10 });
    // The proof that there is no such type is made when it is asked for: once by each worker, at the most.
    const missed = await reports().get({ zone_id, metrics: "uncachedCount", filters: "queryType==AAAA" });
    expect([1, 2]).toContain(missed.data[0]!.metrics[0]);
    const one = await reports().get({ zone_id, dimensions: "responseCode,coloName,origin", limit: 1 });
    expect(one.data).toHaveLength(1);
  });

  test("by time: intervals without gaps, the sum is the whole", async () => {
    const byTime = await reports().bytimes.get({ zone_id, dimensions: "queryType", time_delta: "hour" });
    expect(byTime.query.time_delta).toBe("hour");
    expect(byTime.time_intervals.length).toBeGreaterThanOrEqual(24);
    for (let i = 1; i < byTime.time_intervals.length; i++) {
      expect(byTime.time_intervals[i]![0]).toBe(byTime.time_intervals[i - 1]![1]);
    }
    const a = byTime.data.find(({ dimensions }) => dimensions[0] === "A")!;
    expect(a.metrics[0]).toHaveLength(byTime.time_intervals.length);
    expect(a.metrics[0]!.reduce((sum, count) => sum + count, 0)).toBe(37);
    const asked = await reports().bytimes.get({ zone_id });
    expect(asked.query.time_delta).toBe("hour");
  });

  test("what makes no sense is refused by its number and field", async () => {
    const refused = (query: object) =>
      reports()
        .get({ zone_id, ...query })
        .then(
          () => "nothing",
          (error: InstanceType<typeof Cloudflare.APIError>) => [error.status, error.errors[0]?.code],
        );
    expect(await refused({ metrics: "nonsense" })).toEqual([400, 1004]);
    expect(await refused({ dimensions: "clientAddress" })).toEqual([400, 1004]);
    expect(await refused({ filters: "queryType" })).toEqual([400, 20661]);
    expect(await refused({ sort: "tcp" })).toEqual([400, 20662]);
    expect(await refused({ dimensions: "queryName,tcp" })).toEqual([400, 20663]);
    expect(await refused({ since: "2026-01-02T00:00:00Z", until: "2026-01-01T00:00:00Z" })).toEqual([400, 20664]);
    expect(await refused({ since: "yesterday" })).toEqual([400, 1004]);
    const fine = reports().bytimes.get({ zone_id, time_delta: "minute", since: "2026-01-01T00:00:00Z" });
    await expect(fine).rejects.toMatchObject({ status: 400 });
  });

  test("a restart forgets nothing", async () => {
    const before = await countNames();
    await product.stop();
    await start();
    expect(await countNames()).toEqual(before);
  });
});

/**
 * A report from rows of counts.
 *
 * ```
 * rows of counts ─▶ filter ─▶ group by dimensions (and interval) ─▶ metrics ─▶ sort ─▶ limit
 *                     names and times stand apart from the other counts: what can't be told together is refused before
 * ```
 */
import type { AnalyticsDimension, AnalyticsMetric, AnalyticsQuery, ErrorCode } from "#contract";
import { bucketMilliseconds, readTallyKey } from "#telemetry";
import type { ZoneCounts } from "./counts.ts";
import { type Counted, dimensionOf } from "./dimensions.ts";
import { type Filter, readFilters } from "./filters.ts";
import type { Interval } from "./periods.ts";

/** Counts from `start` on, Unix seconds. */
export type CountRow = { readonly start: number; readonly counts: ZoneCounts };

export type Refusal = { readonly code: ErrorCode; readonly about: string; readonly pointer: string };

const ALL: Filter = { passes: () => true, dimensions: new Set() };

/** What is asked for, checked. */
export type Plan = {
  readonly metrics: readonly AnalyticsMetric[];
  readonly dimensions: readonly AnalyticsDimension[];
  readonly filter: Filter;
  readonly byName: boolean;
  readonly sort: readonly { readonly by: string; readonly down: boolean }[];
};

const isTime = (metric: string): boolean => metric.startsWith("responseTime");
const isSize = (dimension: string): boolean => dimension.endsWith("SizeBucket");
/** What is known of a name. */
const WITH_NAMES: readonly string[] = ["queryName", "queryType", "responseCode", "coloName", "origin", "dayOfWeek"];

export function planReport(query: AnalyticsQuery): Plan | Refusal {
  const { metrics, dimensions } = query;
  const filter = query.filters === undefined || query.filters === "" ? ALL : readFilters(query.filters);
  if ("wrong" in filter) return { code: "analytics.filter", about: filter.wrong, pointer: "/query/filters" };
  const used = [...dimensions, ...filter.dimensions];
  const byName = used.includes("queryName");
  const apart = byName
    ? (used.find((one) => !WITH_NAMES.includes(one)) ?? metrics.find((metric) => metric !== "queryCount"))
    : metrics.some(isTime) && used.find(isSize);
  if (apart) {
    const about = byName ? `queryName and ${apart}` : `response times and ${apart}`;
    return { code: "analytics.not-together", about, pointer: "/query/dimensions" };
  }
  const sort = readSort(query.sort ?? [`-${metrics[0] ?? "queryCount"}`], metrics, dimensions);
  if ("code" in sort) return sort;
  return { metrics, dimensions, filter, byName, sort };
}

function readSort(
  texts: readonly string[],
  metrics: readonly string[],
  dimensions: readonly string[],
): Plan["sort"] | Refusal {
  const sort: { by: string; down: boolean }[] = [];
  for (const text of texts) {
    // A plus sign in a query string arrives as a blank.
    const by = text.replace(/^[-+ ]/, "");
    if (!metrics.includes(by) && !dimensions.includes(by)) {
      return { code: "analytics.sort", about: by, pointer: "/query/sort" };
    }
    sort.push({ by, down: text.startsWith("-") });
  }
  return sort;
}

/** Sums of one group in one interval. */
class Sums {
  queries = 0;
  uncached = 0;
  readonly times = new Map<number, number>();
}

class Group {
  readonly dimensions: readonly string[];
  readonly intervals = new Map<number, Sums>();
  readonly all = new Sums();

  constructor(dimensions: readonly string[]) {
    this.dimensions = dimensions;
  }

  of(interval: number): Sums {
    const known = this.intervals.get(interval);
    if (known) return known;
    const sums = new Sums();
    this.intervals.set(interval, sums);
    return sums;
  }
}

export type ReportGroup = {
  readonly dimensions: readonly string[];
  /** One value for each metric. */
  readonly metrics: readonly number[];
  /** For each metric one value for each interval. */
  readonly byInterval: readonly (readonly number[])[];
};

export type ReportResult = {
  readonly groups: readonly ReportGroup[];
  readonly totals: Readonly<Record<string, number>>;
};

/** Rows outside the intervals are left out. */
export function makeReport(
  plan: Plan,
  rows: Iterable<CountRow>,
  intervals: readonly Interval[],
  limit: number,
): ReportResult {
  const groups = new Map<string, Group>();
  const total = new Group([]);
  for (const { start, counts } of rows) {
    const interval = intervals.findIndex(({ from, to }) => start >= Math.floor(from / 60) * 60 && start < to);
    if (interval < 0) continue;
    addRow(plan, start, counts, interval, groups, total);
  }
  const made = [...groups.values()].map((group) => finish(plan, group, intervals.length));
  made.sort((a, b) => compareGroups(plan, a, b));
  const totals = finish(plan, total, 0).metrics;
  return {
    groups: made.slice(0, limit),
    totals: Object.fromEntries(plan.metrics.map((metric, i) => [metric, totals[i]!])),
  };
}

function addRow(
  plan: Plan,
  start: number,
  counts: ZoneCounts,
  interval: number,
  groups: Map<string, Group>,
  total: Group,
): void {
  const add = (counted: Counted, change: (sums: Sums) => void): void => {
    if (!plan.filter.passes((dimension) => dimensionOf(dimension, counted))) return;
    const dimensions = plan.dimensions.map((dimension) => dimensionOf(dimension, counted));
    const key = dimensions.join("\u0000");
    let group = groups.get(key);
    if (!group) {
      group = new Group(dimensions);
      groups.set(key, group);
    }
    for (const sums of [group.of(interval), group.all, total.all]) change(sums);
  };
  if (plan.byName) {
    for (const { asked, name, count } of counts.names) {
      add({ key: (asked << 16) >>> 0, name, start }, (sums) => {
        sums.queries += count;
      });
    }
    return;
  }
  for (const [key, count] of counts.cells) {
    const { signed } = readTallyKey(key);
    add({ key, name: undefined, start }, (sums) => {
      sums.queries += count;
      if (signed) sums.uncached += count;
    });
  }
  if (!plan.metrics.some(isTime)) return;
  for (const [key, count] of counts.times) {
    const { timeBucket } = readTallyKey(key);
    add({ key, name: undefined, start }, ({ times }) => times.set(timeBucket, (times.get(timeBucket) ?? 0) + count));
  }
}

function finish(plan: Plan, group: Group, intervals: number): ReportGroup {
  return {
    dimensions: group.dimensions,
    metrics: plan.metrics.map((metric) => metricOf(metric, group.all)),
    byInterval: plan.metrics.map((metric) =>
      Array.from({ length: intervals }, (_, i) => {
        const sums = group.intervals.get(i);
        return sums ? metricOf(metric, sums) : 0;
      }),
    ),
  };
}

function metricOf(metric: AnalyticsMetric, { queries, uncached, times }: Sums): number {
  switch (metric) {
    case "queryCount":
      return queries;
    case "uncachedCount":
      return uncached;
    case "staleCount":
      // Nothing is answered from a cache that could be stale.
      return 0;
    case "responseTimeAvg": {
      let [sum, count] = [0, 0];
      for (const [bucket, number] of times) {
        sum += number * bucketMilliseconds(bucket);
        count += number;
      }
      return count === 0 ? 0 : sum / count;
    }
    case "responseTimeMedian":
      return quantile(times, 0.5);
    case "responseTime90th":
      return quantile(times, 0.9);
    case "responseTime99th":
      return quantile(times, 0.99);
  }
}

function quantile(times: ReadonlyMap<number, number>, share: number): number {
  const sorted = [...times].sort(([a], [b]) => a - b);
  const all = sorted.reduce((sum, [, count]) => sum + count, 0);
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= share * all) return bucketMilliseconds(bucket);
  }
  return 0;
}

function compareGroups(plan: Plan, a: ReportGroup, b: ReportGroup): number {
  for (const { by, down } of plan.sort) {
    const metric = (plan.metrics as readonly string[]).indexOf(by);
    const dimension = (plan.dimensions as readonly string[]).indexOf(by);
    const order =
      metric >= 0
        ? a.metrics[metric]! - b.metrics[metric]!
        : a.dimensions[dimension]!.localeCompare(b.dimensions[dimension]!, "en", { numeric: true });
    if (order !== 0) return down ? -order : order;
  }
  return a.dimensions.join("\u0000") < b.dimensions.join("\u0000") ? -1 : 1;
}

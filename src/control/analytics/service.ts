/** Reports of what a zone was asked. */
import type {
  AnalyticsByTime,
  AnalyticsByTimeQuery,
  AnalyticsQuery,
  AnalyticsReport,
  AnalyticsService,
  Outcome,
} from "#contract";
import type { Registry } from "../registry.ts";
import { done, refused } from "../service/outcome.ts";
import type { AnalyticsKeeper } from "./keeper.ts";
import { DAY, deltaFor, type Interval, intervalsOf, MAX_INTERVALS } from "./periods.ts";
import { makeReport, type Plan, planReport, type ReportResult } from "./report.ts";

/** Seconds until an answer is counted, at most: a worker's half, then ours. */
const LAG_SECONDS = 5;

type Asked = { readonly plan: Plan; readonly since: number; readonly until: number };

export function makeAnalyticsService(registry: Registry, keeper: AnalyticsKeeper, now: () => number): AnalyticsService {
  return {
    async reportAnalytics(zoneId, query) {
      const asked = check(registry, zoneId, query, now());
      if (!asked.ok) return asked;
      const { plan, since, until } = asked.value;
      const rows = await keeper.rowsOf(zoneId, since, until);
      const result = makeReport(plan, rows, [{ from: since, to: until }], query.limit);
      return done(reportOf(query, asked.value, result));
    },
    async reportAnalyticsByTime(zoneId, query) {
      const asked = check(registry, zoneId, query, now());
      if (!asked.ok) return asked;
      const { plan, since, until } = asked.value;
      const delta = deltaFor(query.time_delta, since, until, now());
      if (!delta) return refused("analytics.too-fine", query.time_delta, "/query/time_delta");
      const intervals = intervalsOf(delta, since, until);
      if (intervals.length > MAX_INTERVALS) {
        return refused("analytics.too-many-intervals", String(MAX_INTERVALS), "/query/time_delta");
      }
      const result = makeReport(plan, await keeper.rowsOf(zoneId, since, until), intervals, query.limit);
      return done(byTimeOf(query, delta, asked.value, intervals, result));
    },
  };
}

function check(registry: Registry, zoneId: string, query: AnalyticsQuery, now: number): Outcome<Asked> {
  if (!registry.find(zoneId)) return refused("zone.not-found", zoneId);
  const until = query.until === undefined ? now + 1 : Math.ceil(query.until / 1000);
  const since = query.since === undefined ? until - DAY : Math.floor(query.since / 1000);
  if (since >= until) return refused("analytics.no-time", undefined, "/query/since");
  const plan = planReport(query);
  if ("code" in plan) return refused(plan.code, plan.about, plan.pointer);
  return done({ plan, since: Math.max(0, since), until });
}

function askedFor(query: AnalyticsQuery, { since, until }: Asked): AnalyticsReport["query"] {
  return {
    metrics: query.metrics,
    dimensions: query.dimensions,
    since: printSeconds(since),
    until: printSeconds(until),
    limit: query.limit,
    ...(query.sort ? { sort: query.sort.map((text) => text.replace(/^ /, "+")) } : {}),
    ...(query.filters ? { filters: query.filters } : {}),
  };
}

function reportOf(query: AnalyticsQuery, asked: Asked, { groups, totals }: ReportResult): AnalyticsReport {
  return {
    rows: groups.length,
    data: groups.map(({ dimensions, metrics }) => ({ dimensions: [...dimensions], metrics: [...metrics] })),
    data_lag: LAG_SECONDS,
    min: {},
    max: {},
    totals,
    query: askedFor(query, asked),
  };
}

function byTimeOf(
  query: AnalyticsByTimeQuery,
  delta: AnalyticsByTime["query"]["time_delta"],
  asked: Asked,
  intervals: readonly Interval[],
  { groups, totals }: ReportResult,
): AnalyticsByTime {
  return {
    rows: groups.length,
    data: groups.map(({ dimensions, byInterval }) => ({
      dimensions: [...dimensions],
      metrics: byInterval.map((values) => [...values]),
    })),
    data_lag: LAG_SECONDS,
    min: {},
    max: {},
    totals,
    time_intervals: intervals.map(({ from, to }) => [printSeconds(from), printSeconds(to)]),
    query: { ...askedFor(query, asked), time_delta: delta },
  };
}

/** As the provider prints them here: whole seconds. */
function printSeconds(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
}

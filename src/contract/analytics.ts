/**
 * What a zone was asked, as the provider reports it. Dimensions that mean nothing here are constant: there is one place that
 * answers (`coloName`), and nothing behind it (`origin`).
 */
import { z } from "zod";

export const ANALYTICS_METRICS = [
  "queryCount",
  "uncachedCount",
  "staleCount",
  "responseTimeAvg",
  "responseTimeMedian",
  "responseTime90th",
  "responseTime99th",
] as const;
export type AnalyticsMetric = (typeof ANALYTICS_METRICS)[number];

export const ANALYTICS_DIMENSIONS = [
  "queryName",
  "queryType",
  "responseCode",
  "responseCached",
  "coloName",
  "origin",
  "dayOfWeek",
  "tcp",
  "ipVersion",
  "querySizeBucket",
  "responseSizeBucket",
] as const;
export type AnalyticsDimension = (typeof ANALYTICS_DIMENSIONS)[number];

export const TIME_DELTAS = [
  "all",
  "auto",
  "year",
  "quarter",
  "month",
  "week",
  "day",
  "hour",
  "dekaminute",
  "minute",
] as const;
export type TimeDelta = (typeof TIME_DELTAS)[number];

const MAX_ROWS = 100_000;
const words = <const T extends readonly [string, ...string[]]>(values: T) => z.array(z.enum(values)).max(values.length);

const Moment = z
  .string()
  .refine((text) => Number.isFinite(Date.parse(text)), "give a time such as 2026-10-05T09:00:00Z")
  .transform((text) => Date.parse(text));

export const AnalyticsQuery = z.object({
  metrics: words(ANALYTICS_METRICS).default(["queryCount"]),
  dimensions: words(ANALYTICS_DIMENSIONS).default([]),
  /** Milliseconds since 1970 after reading. Default: a day before `until`, which is now. */
  since: Moment.optional(),
  until: Moment.optional(),
  limit: z.coerce.number().int().min(1).max(MAX_ROWS).default(MAX_ROWS),
  /** Dimensions or metrics, each with `+` or `-` before it. Default: the first metric, largest first. */
  sort: z
    .array(z.string().regex(/^[-+ ]?[A-Za-z0-9]+$/))
    .max(20)
    .optional(),
  /** `dimension==value`; also `!=`, `<`, `>`, `<=`, `>=`. A comma is OR, a semicolon AND, which binds closer. */
  filters: z.string().max(2000).optional(),
});
export type AnalyticsQuery = z.infer<typeof AnalyticsQuery>;

export const AnalyticsByTimeQuery = AnalyticsQuery.extend({ time_delta: z.enum(TIME_DELTAS).default("auto") });
export type AnalyticsByTimeQuery = z.infer<typeof AnalyticsByTimeQuery>;

const AskedFor = z.object({
  metrics: z.array(z.string()),
  dimensions: z.array(z.string()),
  since: z.string(),
  until: z.string(),
  limit: z.number(),
  sort: z.array(z.string()).optional(),
  filters: z.string().optional(),
});
const Empty = z.object({});

export const AnalyticsReport = z
  .object({
    rows: z.number(),
    data: z.array(z.object({ dimensions: z.array(z.string()), metrics: z.array(z.number()) })),
    /** Seconds by which the newest counts may be late. */
    data_lag: z.number(),
    min: Empty,
    max: Empty,
    totals: z.record(z.string(), z.number()),
    query: AskedFor,
  })
  .meta({ id: "AnalyticsReport" });
export type AnalyticsReport = z.infer<typeof AnalyticsReport>;

export const AnalyticsByTime = AnalyticsReport.extend({
  data: z.array(z.object({ dimensions: z.array(z.string()), metrics: z.array(z.array(z.number())) })),
  time_intervals: z.array(z.array(z.string())),
  query: AskedFor.extend({ time_delta: z.enum(TIME_DELTAS) }),
}).meta({ id: "AnalyticsByTime" });
export type AnalyticsByTime = z.infer<typeof AnalyticsByTime>;

/** `analytics`: what a zone was asked. */
import { type Command, Option } from "commander";
import {
  ANALYTICS_DIMENSIONS,
  type AnalyticsByTime,
  type AnalyticsDimension,
  type AnalyticsReport,
  TIME_DELTAS,
  type TimeDelta,
} from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { addText, readCount } from "../options.ts";
import { printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type Options = {
  readonly by: AnalyticsDimension;
  readonly every?: TimeDelta;
  readonly since?: string;
  readonly until?: string;
  readonly limit: number;
};

const ROWS_MAX = 100_000;

/** How the table calls what is counted by. */
const HEADINGS: Readonly<Partial<Record<AnalyticsDimension, string>>> = {
  queryName: "NAME",
  queryType: "TYPE",
  responseCode: "RCODE",
};

export function addAnalyticsCommand(program: Command, run: Runner): void {
  program
    .command("analytics <zone>")
    .description("what a zone was asked, counted by type, name, RCODE, …; most first")
    .addOption(new Option("--by <what>", "what is counted by").choices(ANALYTICS_DIMENSIONS).default("queryType"))
    .option("--since <time>", "from this day or time of RFC 3339 on (default: a day before --until)")
    .option("--until <time>", "up to this day or time (default: now)")
    .option("--limit <count>", "rows to show", readCount(ROWS_MAX), 20)
    .addOption(
      new Option("--every <interval>", "over time: all queries in each interval, oldest first").choices(TIME_DELTAS),
    )
    .action(run((context, zone: string, options: Options) => analytics(context, zone, options)));
  addText(
    program.commands.at(-1)!,
    `
  countersign analytics example.com --by queryName --limit 10
  countersign analytics example.com --every hour --since 2026-10-05`,
  );
}

async function analytics(context: Context, text: string, options: Options): Promise<void> {
  const { by, since, until, limit } = options;
  const api = context.api();
  const zone = await findZone(api, text);
  if (options.every) return overTime(context, zone.id, zone.name, options);
  const query = { metrics: "queryCount", dimensions: by, since, until, limit };
  const report = await api.call("analytics.report", { params: { zoneId: zone.id }, query });
  await context.show(report, () => describe(zone.name, by, report, context));
}

function describe(name: string, by: AnalyticsDimension, report: AnalyticsReport, context: Context): string {
  const span = `${printMoment(report.query.since)} to ${printMoment(report.query.until)}`;
  if (report.data.length === 0) return `${name} was asked nothing from ${span}.\n`;
  const total = report.totals["queryCount"] ?? 0;
  const rows = report.data.map(({ dimensions: [what], metrics: [count] }) => [
    what,
    count,
    `${((100 * (count ?? 0)) / Math.max(1, total)).toFixed(1)} %`,
  ]);
  const first = { title: HEADINGS[by] ?? by.toUpperCase(), fit: "shorten" } as const;
  const header = [first, "QUERIES", "SHARE"];
  return `${name}: ${total} queries from ${span}\n${printTable(header, rows, context.io.out)}`;
}

/** As JSON with what is counted by; people are shown the sum of each interval, as a line has no room for more. */
async function overTime(context: Context, zoneId: string, name: string, options: Options): Promise<void> {
  const { by, every, since, until, limit } = options;
  const query = { metrics: "queryCount", dimensions: by, since, until, limit, time_delta: every };
  const report = await context.api().call("analytics.byTime", { params: { zoneId }, query });
  await context.show(report, () => describeTime(name, report, context));
}

function describeTime(name: string, report: AnalyticsByTime, context: Context): string {
  const span = `${printMoment(report.query.since)} to ${printMoment(report.query.until)}`;
  const counts = report.time_intervals.map(([begin, end], at) => [
    printMoment(begin ?? null),
    printMoment(end ?? null),
    report.data.reduce((sum, { metrics: [values] }) => sum + (values?.[at] ?? 0), 0),
  ]);
  const total = report.totals["queryCount"] ?? 0;
  return `${name}: ${total} queries from ${span}\n${printTable(["FROM", "TO", "QUERIES"], counts, context.io.out)}`;
}

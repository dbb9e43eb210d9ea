/** `analytics`: what a zone was asked. */
import { type Command, Option } from "commander";
import { ANALYTICS_DIMENSIONS, type AnalyticsDimension, type AnalyticsReport } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { readCount } from "../options.ts";
import { printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type Options = {
  readonly by: AnalyticsDimension;
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
    .action(run((context, zone: string, options: Options) => analytics(context, zone, options)));
}

async function analytics(context: Context, text: string, options: Options): Promise<void> {
  const { by, since, until, limit } = options;
  const api = context.api();
  const zone = await findZone(api, text);
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

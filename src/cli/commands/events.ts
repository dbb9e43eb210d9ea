/** `events`: what happened, newest last, as in a log. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { followEvents } from "../event-follow.ts";
import { findZone } from "../find.ts";
import { readCount } from "../options.ts";
import { clean, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type Options = { readonly zone?: string; readonly limit: number; readonly follow?: boolean; readonly after?: number };

const EVENTS_MAX = 1000;

export function addEventCommands(program: Command, run: Runner): void {
  program
    .command("events")
    .description("what happened, newest last (as JSON newest first)")
    .option("--zone <zone>", "only of this zone (name or id)")
    .option("--limit <count>", "the newest so many", readCount(EVENTS_MAX), 50)
    .option("--follow", "go on with what happens, until interrupted (as JSON one event a line)")
    .option("--after <id>", "with --follow: begin behind this event", readCount(Number.MAX_SAFE_INTEGER))
    .action(run((context, options: Options) => events(context, options)));
}

async function events(context: Context, { zone: text, limit, follow: following, after }: Options): Promise<void> {
  const api = context.api();
  const zone = text === undefined ? undefined : await findZone(api, text);
  if (following) return follow(context, { zone_id: zone?.id, after });
  const rows = await api.call("own.events", { query: { limit, zone_id: zone?.id } });
  await context.show(rows, () => {
    if (rows.length === 0) return "Nothing happened yet.\n";
    const lines = [...rows].reverse().map((row) => [printMoment(row.time), row.level, row.code, row.message]);
    return printTable(["TIME", "LEVEL", "CODE", { title: "MESSAGE", fit: "below" }], lines, context.io.out);
  });
}

async function follow(context: Context, query: { zone_id?: string; after?: number }): Promise<void> {
  const { out } = context.io;
  for await (const event of followEvents(context, query, context.io.untilInterrupt?.())) {
    if (context.json) await out.write(`${JSON.stringify(event)}\n`);
    else await out.write(`${printMoment(event.time)}  ${event.level}  ${clean(event.code)}  ${clean(event.message)}\n`);
  }
}

/** `events`: what happened, newest last, as in a log. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { readCount } from "../options.ts";
import { printMoment, printTable } from "../print.ts";

type Options = { readonly zone?: string; readonly limit: number };

const EVENTS_MAX = 1000;

export function addEventCommands(program: Command, run: Runner): void {
  program
    .command("events")
    .description("what happened, newest last (as JSON newest first)")
    .option("--zone <zone>", "only of this zone (name or id)")
    .option("--limit <count>", "the newest so many", readCount(EVENTS_MAX), 50)
    .action(run((context, options: Options) => events(context, options)));
}

async function events(context: Context, { zone: text, limit }: Options): Promise<void> {
  const api = context.api();
  const zone = text === undefined ? undefined : await findZone(api, text);
  const rows = await api.call("own.events", { query: { limit, zone_id: zone?.id } });
  await context.show(rows, () => {
    if (rows.length === 0) return "Nothing happened yet.\n";
    const lines = [...rows].reverse().map((row) => [printMoment(row.time), row.level, row.code, row.message]);
    return printTable(["TIME", "LEVEL", "CODE", "MESSAGE"], lines, context.io.out);
  });
}

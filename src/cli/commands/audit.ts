/** `audit list|show|export`: who changed what. */
import { type Command, Option } from "commander";
import { AUDIT_OUTCOMES, type AuditEntry } from "#contract";
import type { QueryValue } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode } from "../exit.ts";
import { findZone } from "../find.ts";
import { readCount } from "../options.ts";
import { printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type FilterOptions = {
  readonly zone?: string;
  readonly actor?: string;
  readonly address?: string;
  readonly action?: string;
  readonly outcome?: string;
  readonly since?: string;
  readonly until?: string;
};
type ListOptions = FilterOptions & { readonly limit: number; readonly before?: number };

export function addAuditCommands(program: Command, run: Runner): void {
  const audit = program.command("audit").description("who changed what, from where, before and after");
  const filtered = (command: Command): Command =>
    command
      .option("--zone <zone>", "only changes of this zone")
      .option("--actor <name>", "only those by this user or token (name or id)")
      .option("--address <address>", "only those from this address")
      .option("--action <action>", "peers.update, or a word such as peers for all of its actions")
      .addOption(new Option("--outcome <outcome>", "only these").choices(AUDIT_OUTCOMES))
      .option("--since <time>", "from this day or time of RFC 3339 on")
      .option("--until <time>", "up to this day or time, it not included");
  filtered(audit.command("list").description("entries, newest first"))
    .option("--limit <count>", "entries to show", readCount(1000), 50)
    .option("--before <id>", "go on below this entry", readCount(Number.MAX_SAFE_INTEGER))
    .action(run((context, options: ListOptions) => list(context, options)));
  audit
    .command("show <id>")
    .description("one entry with everything that is kept of it")
    .action(run((context, id: string) => show(context, id)));
  filtered(audit.command("export").description("all entries as JSON lines")).action(
    run((context, options: FilterOptions) => exportLines(context, options)),
  );
}

async function queryOf(context: Context, options: FilterOptions): Promise<Record<string, QueryValue>> {
  const { zone, ...same } = options;
  if (zone === undefined) return { ...same };
  // A zone that is deleted has entries still: an identifier is taken as it is.
  const zone_id = /^[0-9a-f]{32}$/.test(zone) ? zone : (await findZone(context.api(), zone)).id;
  return { ...same, zone_id };
}

async function list(context: Context, options: ListOptions): Promise<void> {
  const query = await queryOf(context, options);
  const entries = await context.api().call("audit.list", { query });
  await context.show(entries, () => {
    if (entries.length === 0) return "Nothing was changed.\n";
    const rows = entries.map((entry) => [
      String(entry.id),
      printMoment(entry.time),
      entry.actor.name,
      entry.address,
      entry.action,
      aboutOf(entry),
      outcomeOf(entry),
    ]);
    return printTable(
      [
        "ID",
        "TIME",
        { title: "WHO", fit: "shorten", least: 12 },
        { title: "FROM", drop: 1, fit: "shorten", least: 15 },
        "ACTION",
        { title: "WHAT", fit: "below" },
        { title: "OUTCOME", fit: "wrap", least: 12 },
      ],
      rows,
      context.io.out,
    );
  });
}

function aboutOf(entry: AuditEntry): string {
  return entry.zone?.name ?? entry.resource.id ?? "";
}

function outcomeOf(entry: AuditEntry): string {
  return entry.error ? `${entry.outcome}: ${entry.error.code}` : entry.outcome;
}

async function show(context: Context, id: string): Promise<void> {
  const before = /^\d{1,15}$/.test(id) ? Number(id) + 1 : undefined;
  const [entry] = before === undefined ? [] : await context.api().call("audit.list", { query: { before, limit: 1 } });
  if (entry === undefined || String(entry.id) !== id) {
    throw new CliFailure(
      ExitCode.NotFound,
      `There is no entry ${id}; countersign audit list shows those that are kept.`,
    );
  }
  await context.show(entry, () =>
    printFacts([
      ["time", printMoment(entry.time)],
      ["who", `${entry.actor.name} (${entry.actor.kind} ${entry.actor.id})`],
      ["from", entry.address],
      ["request", `${entry.request_id} ${entry.method} ${entry.path}`],
      ["action", entry.action],
      ["outcome", outcomeOf(entry)],
      ["sent", JSON.stringify(entry.request)],
      ["before", JSON.stringify(entry.before)],
      ["after", JSON.stringify(entry.after)],
    ]),
  );
}

async function exportLines(context: Context, options: FilterOptions): Promise<void> {
  const query = await queryOf(context, options);
  for await (const text of context.api().text("audit.export", { query })) await context.io.out.write(text);
}

/** `records` and `export`: what was transferred. */
import { type FileHandle, open } from "node:fs/promises";
import type { Command } from "commander";
import type { DnsRecord, Zone } from "#contract";
import { typeCode } from "#rdata";
import type { CallOptions } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { findZone } from "../find.ts";
import { addText, collect, readCount } from "../options.ts";
import { printCount } from "../print.ts";
import { printTable } from "../table.ts";

type Filters = {
  readonly type?: readonly string[];
  readonly name?: string;
  readonly search?: string;
  readonly limit?: number;
};
type Options = Filters & { readonly count?: true; readonly id?: string };

/** Large, so that a large zone is walked through few times; small enough to be kept at once. */
const RECORDS_PER_PAGE = 5000;
const RECORDS_MAX = 100_000_000;

export function addRecordCommands(program: Command, run: Runner): void {
  program
    .command("records <zone>")
    .description("the records that were transferred, in canonical order (export gives master-file text)")
    .option("--type <type>", "only this RR type; may be repeated, or a comma list", collect)
    .option("--name <name>", "only this owner name")
    .option("--search <text>", "only where owner or content has this text")
    .option("--limit <count>", "at most so many", readCount(RECORDS_MAX))
    .option("--count", "only how many there are, DNSSEC records among them")
    .option("--id <id>", "only the record with this id of the API, whole")
    .action(run((context, zone: string, options: Options) => records(context, zone, options)));
  addText(
    program.commands.at(-1)!,
    `
  countersign records example.com --type MX,TXT
  countersign records example.com --count`,
  );
  program
    .command("export <zone>")
    .description("master-file text of what was transferred")
    .option("--output <file>", "write it there instead of to standard output; must not exist")
    .action(run((context, zone: string, options: { output?: string }) => exportZone(context, zone, options.output)));
}

async function records(context: Context, text: string, { count, id, ...filters }: Options): Promise<void> {
  const others = Object.values(filters).filter((each) => each !== undefined).length;
  if (others + (count ? 1 : 0) + (id === undefined ? 0 : 1) > 1 && (count || id !== undefined)) {
    throw usage("--count and --id stand alone: they know no other filter.");
  }
  const api = context.api();
  const zone = await findZone(api, text);
  if (count) return countRecords(context, zone);
  if (id !== undefined) return oneRecord(context, zone, id);
  const limit = filters.limit ?? RECORDS_MAX;
  const query = {
    type: (filters.type ?? []).flatMap((each) => each.split(",")).map(readType),
    name: filters.name,
    search: filters.search,
  };
  const options: CallOptions<"records.list"> = { params: { zoneId: zone.id }, query };
  let shown = 0;
  for await (const page of api.pages("records.list", Math.min(RECORDS_PER_PAGE, limit), options)) {
    const some = page.slice(0, limit - shown);
    await context.io.out.write(context.json ? jsonPart(some, shown === 0) : textPart(some, shown === 0, context));
    shown += some.length;
    if (shown >= limit) break;
  }
  if (shown === 0 && !context.json) await context.tell(`countersign: ${zone.name} has no such records.`);
  if (context.json) await context.io.out.write(shown === 0 ? "[]\n" : "\n]\n");
}

/** A type that there is not has no records anywhere: said, rather than an empty table. */
function readType(text: string): string {
  const type = text.trim().toUpperCase();
  if (typeCode(type) === undefined) {
    throw usage(`${JSON.stringify(text)} is no RR type; write a mnemonic such as AAAA, or TYPE65280.`);
  }
  return type;
}

async function countRecords(context: Context, zone: Zone): Promise<void> {
  const usage = await context.api().call("records.usage", { params: { zoneId: zone.id } });
  await context.show(usage, () => `${zone.name} has ${printCount(usage.record_usage, "record")}.\n`);
}

async function oneRecord(context: Context, zone: Zone, recordId: string): Promise<void> {
  const record = await context.api().call("records.get", { params: { zoneId: zone.id, recordId } });
  await context.show(record, () => textPart([record], true, context));
}

/** One array over all pages, a record a line. */
function jsonPart(page: readonly DnsRecord[], first: boolean): string {
  const lines = page.map((record) => `  ${JSON.stringify(record)}`).join(",\n");
  if (lines === "") return "";
  return `${first ? "[\n" : ",\n"}${lines}`;
}

/** Columns fit within a page: nobody waits for the last of a million records to see the first. */
function textPart(page: readonly DnsRecord[], first: boolean, context: Context): string {
  const rows = page.map((record) => {
    const content = record.priority === undefined ? record.content : `${record.priority} ${record.content}`;
    return [record.name, record.ttl, record.type, content];
  });
  return printTable(
    [{ title: "NAME", fit: "shorten" }, "TTL", "TYPE", { title: "CONTENT", fit: "wrap" }],
    rows,
    context.io.out,
    {
      head: first,
    },
  );
}

async function exportZone(context: Context, text: string, output: string | undefined): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const pieces = api.text("records.export", { params: { zoneId: zone.id } });
  const file = output === undefined ? undefined : await openNew(output);
  const write = (piece: string) => (file ? file.appendFile(piece) : context.io.out.write(piece));
  try {
    // As JSON the text is one string: its pieces are the string's pieces.
    if (context.json) await write('"');
    for await (const piece of pieces) await write(context.json ? JSON.stringify(piece).slice(1, -1) : piece);
    if (context.json) await write('"\n');
  } finally {
    await file?.close();
  }
  if (output !== undefined) await context.tell(`${zone.name} is written to ${output}`);
}

async function openNew(path: string): Promise<FileHandle> {
  try {
    return await open(path, "wx");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw usage(
      code === "EEXIST" ? `${path} is there already; name another file.` : `${path} can't be written (${code}).`,
    );
  }
}

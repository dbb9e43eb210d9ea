/** `transfer now|status|history`. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { TRANSFER_DIRECTIONS, TRANSFER_KINDS, TRANSFER_OUTCOMES, type Transfer, type ZoneStatus } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { bookmark, followTransfer } from "../follow.ts";
import { collect, readCount, readSeconds } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { type Column, printTable } from "../table.ts";
import { peerLabel, printSerials, VERDICTS } from "./zone.ts";

type NowOptions = { readonly wait?: boolean; readonly timeout: number };

const ATTEMPTS_MAX = 1000;

export function addTransferCommands(program: Command, run: Runner): void {
  const transfer = program.command("transfer").description("zone transfers: begin one, see how they went");
  transfer
    .command("now <zone>")
    .description("transfer the whole zone now, whatever its serial")
    .option("--wait", "follow until it is taken, or say why it is not")
    .option("--timeout <seconds>", "longest wait", readSeconds, 60)
    .action(run((context, zone: string, options: NowOptions) => now(context, zone, options)));
  transfer
    .command("status <zone>")
    .description("serials, what each peer last said, and the last attempts")
    .option("--limit <count>", "attempts to show", readCount(ATTEMPTS_MAX), 10)
    .action(run((context, zone: string, options: { limit: number }) => status(context, zone, options.limit)));
  transfer
    .command("history <zone>")
    .description("every attempt with all its facts, newest first")
    .option("--limit <count>", "attempts to show", readCount(ATTEMPTS_MAX), 50)
    .option("--before <id>", "go on below this attempt", readCount(Number.MAX_SAFE_INTEGER))
    .addOption(choices("--outcome <outcome>", "only these (may be repeated)", TRANSFER_OUTCOMES))
    .addOption(choices("--direction <direction>", "in or out", TRANSFER_DIRECTIONS))
    .addOption(choices("--kind <kind>", "what was asked for (may be repeated)", TRANSFER_KINDS))
    .action(run((context, zone: string, options: HistoryOptions) => history(context, zone, options)));
}

type HistoryOptions = {
  readonly limit: number;
  readonly before?: number;
  readonly outcome?: readonly string[];
  readonly direction?: readonly string[];
  readonly kind?: readonly string[];
};

/** An option that may be repeated, with these words alone. */
function choices(flags: string, sentence: string, words: readonly string[]): Option {
  return new Option(flags, sentence).argParser((word: string, before: readonly string[] | undefined) => {
    if (!words.includes(word)) throw new InvalidArgumentError(`Give one of ${words.join(", ")}.`);
    return collect(word, before);
  });
}

async function now(context: Context, text: string, options: NowOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const since = await bookmark(api, zone.id);
  const result = await api.call("incoming.forceAxfr", { params: { zoneId: zone.id } });
  if (!options.wait) {
    await context.show(result, () => `A transfer of ${zone.name} has begun.\n`);
    return;
  }
  const serial = await followTransfer(context, zone, since, options.timeout);
  await context.show(result, () => `${zone.name} is served with serial ${serial}.\n`);
}

async function status(context: Context, text: string, limit: number): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const [zoneStatus, transfers] = await Promise.all([
    api.call("own.status", { params }),
    api.call("own.transfers", { params, query: { limit } }),
  ]);
  await context.show({ ...zoneStatus, transfers }, () => {
    const head = describe(zoneStatus);
    const attempts = transfers.length === 0 ? "  none yet\n" : printAttempts(transfers, context);
    return `${head}\nattempts, newest first\n${attempts}`;
  });
}

async function history(context: Context, text: string, options: HistoryOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const transfers = await api.call("own.transfers", { params: { zoneId: zone.id }, query: { ...options } });
  await context.show(transfers, () =>
    transfers.length === 0 ? "No such attempts.\n" : transfers.map(describeAttempt).join("\n"),
  );
}

/** `17  in  ixfr (got axfr) by tls from ns1 (192.0.2.53:853): taken`, and its facts below. */
function describeAttempt(row: Transfer): string {
  const got = row.got === null || row.got === row.kind ? "" : ` (got ${row.got})`;
  const who = `${row.direction === "in" ? "from" : "to"} ${clean(row.address)}`;
  const ended = row.error ? `${row.outcome}, ${clean(row.error.code)}` : row.outcome;
  const serials =
    row.serial_after === null ? row.serial_before : `${row.serial_before ?? "none"} > ${row.serial_after}`;
  const facts = printFacts(
    [
      ["started", printMoment(row.started_time)],
      ["took", `${row.duration_seconds.toFixed(3)} s`],
      ["repeated", row.repeats === 0 ? null : `${row.repeats} more times, last ${printMoment(row.finished_time)}`],
      ["why", row.reason],
      ["serials", serials],
      ["size", row.messages === 0 ? null : `${row.messages} messages, ${row.records} records, ${row.octets} octets`],
      ["TSIG key", row.tsig_key],
      ["TLS identity", row.tls_identity],
      ["fell back", row.fallback && `${row.fallback.message} (${row.fallback.code})`],
      ["error", row.error?.message],
    ],
    "    ",
  );
  return `${row.id}  ${row.direction}  ${row.kind}${got} by ${row.transport} ${who}: ${ended}\n${facts}`;
}

function describe(status: ZoneStatus): string {
  const { held } = status;
  const facts = printFacts([
    ["serving", status.serving],
    ["now", status.phase],
    ["serials", printSerials(status.serials)],
    ["frozen", status.frozen_time && `since ${printMoment(status.frozen_time)}: nothing is fetched`],
    ["held", held && `${held.reason} (${held.code}, serial ${held.serial ?? "?"})`],
    ["transferred", printMoment(status.transferred_time)],
    ["last check", printMoment(status.checked_time)],
    ["next check", printMoment(status.next_check_time)],
    ["expires", printMoment(status.expire_time)],
  ]);
  const peers = status.peers.map((peer) => {
    const said = printFacts(
      [
        ["checked", printMoment(peer.checked_time)],
        ["serial", peer.serial],
        ["seen", peer.verdict && VERDICTS[peer.verdict]],
        ["check failed", peer.check_error?.message],
        ["transferred", printMoment(peer.transferred_time)],
        ["transfer failed", peer.transfer_error?.message],
      ],
      "    ",
    );
    return `  ${clean(peerLabel(peer))}\n${said}`;
  });
  return `${status.name}\n${facts}peers\n${peers.join("") || "  none\n"}`;
}

function printAttempts(transfers: readonly Transfer[], context: Context): string {
  const header: readonly Column[] = [
    "STARTED",
    { title: "FROM", fit: "shorten", least: 21 },
    "KIND",
    { title: "BY", drop: 3 },
    { title: "WHY", drop: 4 },
    "OUTCOME",
    { title: "SERIAL", fit: "wrap", least: 12 },
    { title: "MESSAGES", drop: 7 },
    { title: "RECORDS", drop: 2 },
    { title: "OCTETS", drop: 6 },
    { title: "SECONDS", drop: 5 },
    { title: "ERROR", fit: "below" },
  ];
  const rows = transfers.map((row) => [
    printMoment(row.started_time),
    row.address,
    row.direction === "out" ? `${row.kind} out` : row.kind,
    row.transport,
    row.reason,
    row.outcome,
    row.serial_after === null ? null : `${row.serial_before ?? "none"} > ${row.serial_after}`,
    row.messages,
    row.records,
    row.octets,
    row.repeats > 0 ? `${row.repeats + 1} times` : row.duration_seconds.toFixed(1),
    row.error?.message,
  ]);
  return printTable(header, rows, context.io.out);
}

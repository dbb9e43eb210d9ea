/** `transfer now|status`. */
import type { Command } from "commander";
import type { Transfer, ZoneStatus } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { bookmark, followTransfer } from "../follow.ts";
import { readCount, readSeconds } from "../options.ts";
import { clean, printFacts, printMoment, printTable } from "../print.ts";
import { peerLabel, printSerials } from "./zone.ts";

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

function describe(status: ZoneStatus): string {
  const { held } = status;
  const facts = printFacts([
    ["serving", status.serving],
    ["now", status.phase],
    ["serials", printSerials(status.serials)],
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
  const header = [
    "STARTED",
    "FROM",
    "KIND",
    "WHY",
    "OUTCOME",
    "SERIAL",
    "MESSAGES",
    "RECORDS",
    "OCTETS",
    "SECONDS",
    "ERROR",
  ];
  const rows = transfers.map((row) => [
    printMoment(row.started_time),
    row.address,
    row.kind,
    row.reason,
    row.outcome,
    row.serial_after === null ? null : `${row.serial_before ?? "none"} > ${row.serial_after}`,
    row.messages,
    row.records,
    row.octets,
    ((Date.parse(row.finished_time) - Date.parse(row.started_time)) / 1000).toFixed(1),
    row.error?.message,
  ]);
  return printTable(header, rows, context.io.out);
}

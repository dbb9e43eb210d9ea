/** `zone add|set|list|show|remove`. */
import type { Command } from "commander";
import { DEFAULT_REFRESH_SECONDS, type Zone, type ZoneStatus } from "#contract";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { findAccount, findZone, zoneName } from "../find.ts";
import { bookmark, followTransfer } from "../follow.ts";
import { addText, collect, readSeconds } from "../options.ts";
import { clean, printCount, printFacts, printMoment } from "../print.ts";
import { type Column, printTable } from "../table.ts";
import { type PeerChoice, planPeers } from "../zone-peers.ts";
import { addZoneChecksCommand } from "./zone-checks.ts";
import { addZoneMarkCommands } from "./zone-marks.ts";
import { addZoneTimersCommand } from "./zone-timers.ts";

type AddOptions = {
  readonly peer?: readonly string[];
  readonly tsig?: string;
  readonly refresh?: number;
  readonly wait?: boolean;
  readonly timeout: number;
};
/** `peer` is false for `--no-peer`. */
type SetOptions = Pick<AddOptions, "tsig" | "refresh"> & { readonly peer?: readonly string[] | false };

/** What an operator sees on one screen page is asked for one by one; longer lists only when `--long` says so. */
const ZONES_PER_PAGE = 50;

export function addZoneCommands(program: Command, run: Runner): void {
  const zone = program.command("zone").description("zones: add, list, look at, remove");
  const peer = "a primary: ADDRESS[:PORT], or the name or id of a peer; may be repeated, tried in this order";
  const tsig = "TSIG (name or id) for the primaries that are given by address";
  const refresh = "how often the primaries are asked, beside NOTIFY (default: 86400)";

  zone
    .command("add <name>")
    .description("take a zone from its primaries and serve it")
    .option("--peer <peer>", peer, collect)
    .option("--tsig <tsig>", tsig)
    .option("--refresh <seconds>", refresh, readSeconds)
    .option("--wait", "follow until the first transfer is done, or say why it is not")
    .option("--timeout <seconds>", "longest wait", readSeconds, 60)
    .action(run((context, name: string, options: AddOptions) => add(context, name, options)));
  addText(
    zone.commands.at(-1)!,
    `
A peer is made for each address that is not known yet. When a step is refused,
what was made is taken away again.

  countersign zone add example.com --peer 192.0.2.53 \\
    --tsig transfer.example.com --wait
  countersign zone add example.com --peer 192.0.2.53 --peer [2001:db8::53]:5300`,
  );

  zone
    .command("set <zone>")
    .description("give a zone other primaries, or another refresh interval")
    .option("--peer <peer>", peer, collect)
    .option("--tsig <tsig>", tsig)
    .option("--no-peer", "unlink the zone from its primaries: it is served until it expires, and fetched no more")
    .option("--refresh <seconds>", refresh, readSeconds)
    .action(run((context, name: string, options: SetOptions) => set(context, name, options)));
  addText(
    zone.commands.at(-1)!,
    `
  countersign zone set example.com --peer 192.0.2.54 --refresh 3600
  countersign zone set example.com --no-peer`,
  );

  zone
    .command("list")
    .description("all zones")
    .option("--long", "with mode, serial and what is held (asks for each zone)")
    .action(run((context, options: { long?: boolean }) => list(context, options.long ?? false)));

  zone.command("show <zone>").description("everything about one zone (name or id)").action(run(show));

  addZoneChecksCommand(zone, run);
  addZoneTimersCommand(zone, run);
  addZoneMarkCommands(zone, run);

  zone
    .command("check <zone>")
    .description("have the parent asked now for its delegation and its DS")
    .action(run(check));

  zone
    .command("remove <zone>")
    .description("stop serving a zone, and delete it with its keys")
    .option("--force", "even though the parent still has a DS of it")
    .action(
      run((context, name: string, options: { force?: boolean }) => remove(context, name, options.force ?? false)),
    );
}

async function add(context: Context, text: string, options: AddOptions): Promise<void> {
  if (options.wait && !options.peer) throw usage("--wait needs a --peer: without one nothing is transferred.");
  const api = context.api();
  const name = zoneName(text);
  const accountId = await findAccount(api);
  const peers = await planPeers(api, accountId, options.peer ?? [], options.tsig);
  const since = await bookmark(api);
  const zone = await api.call("zones.create", { body: { name, type: "secondary", account: { id: accountId } } });
  const undo: Undo = [() => api.call("zones.delete", { params: { zoneId: zone.id } })];
  try {
    if (peers.length > 0) await link(context, accountId, zone, peers, options.refresh, undo);
  } catch (error) {
    await takeBack(context, undo.reverse());
    throw error;
  }
  const serial = options.wait ? await followTransfer(context, zone, since, options.timeout) : undefined;
  await context.show(zone, () => {
    if (serial !== undefined) return `${zone.name} is served with serial ${serial}.\n`;
    return peers.length === 0
      ? `${zone.name} is added. It has no primary yet: "countersign zone set ${zone.name} --peer ADDRESS" gives it one.\n`
      : `${zone.name} is added; its first transfer has begun: "countersign transfer status ${zone.name}" shows it.\n`;
  });
}

type Undo = (() => Promise<unknown>)[];

/** What can't be taken away again is told; the refusal itself is what the command ends with. */
async function takeBack(context: Context, steps: Undo): Promise<void> {
  for (const step of steps) {
    try {
      await step();
    } catch (error) {
      if (!(error instanceof CliFailure)) throw error;
      await context.tell(`countersign: taking back what was made: ${error.message}`);
    }
  }
}

/** Makes the peers that are not there yet and the incoming configuration. */
async function link(
  context: Context,
  accountId: string,
  zone: Zone,
  peers: readonly PeerChoice[],
  refresh: number | undefined,
  undo: Undo,
): Promise<void> {
  const api = context.api();
  const ids = await makePeers(context, accountId, peers, undo);
  const body = { name: zone.name, peers: ids, auto_refresh_seconds: refresh ?? DEFAULT_REFRESH_SECONDS };
  await api.call("incoming.create", { params: { zoneId: zone.id }, body });
}

async function makePeers(context: Context, accountId: string, peers: readonly PeerChoice[], undo: Undo) {
  const api = context.api();
  const ids: string[] = [];
  for (const choice of peers) {
    if ("id" in choice) {
      ids.push(choice.id);
      continue;
    }
    const made = await api.call("peers.create", { params: { accountId }, body: choice.make });
    // In front of the zone: the zone has to let go of the peer first, and undoing begins at the end.
    undo.unshift(() => api.call("peers.delete", { params: { accountId, peerId: made.id } }));
    ids.push(made.id);
    if (!context.json) await context.tell(`peer ${made.name} is added`);
  }
  return ids;
}

async function set(context: Context, text: string, options: SetOptions): Promise<void> {
  if (options.peer === undefined && options.refresh === undefined) {
    throw usage("Nothing to change: give --peer, --no-peer or --refresh.");
  }
  if (options.peer === false) return unlink(context, text, options);
  const api = context.api();
  const zone = await findZone(api, text);
  const accountId = zone.account.id;
  const params = { zoneId: zone.id };
  const before = await api.call("incoming.get", { params }).catch((error: unknown) => {
    if (error instanceof CliFailure && error.reason === "incoming.not-found") return undefined;
    throw error;
  });
  const undo: Undo = [];
  try {
    const chosen = await planPeers(api, accountId, options.peer ?? [], options.tsig);
    const peers = options.peer ? await makePeers(context, accountId, chosen, undo) : (before?.peers ?? []);
    const body = {
      name: before?.name ?? zone.name,
      peers,
      auto_refresh_seconds: options.refresh ?? before?.auto_refresh_seconds ?? DEFAULT_REFRESH_SECONDS,
    };
    const incoming = await api.call(before ? "incoming.update" : "incoming.create", { params, body });
    await context.show(
      incoming,
      () => `${zone.name}: ${printCount(peers.length, "peer")}, asked every ${body.auto_refresh_seconds} s.\n`,
    );
  } catch (error) {
    await takeBack(context, undo);
    throw error;
  }
}

async function unlink(context: Context, text: string, { refresh, tsig }: SetOptions): Promise<void> {
  if (refresh !== undefined || tsig !== undefined)
    throw usage("--no-peer stands alone: without primaries nobody is asked.");
  const api = context.api();
  const zone = await findZone(api, text);
  const deleted = await api.call("incoming.delete", { params: { zoneId: zone.id } });
  await context.show(
    deleted,
    () => `${zone.name} has no primary any more: "countersign zone set ${zone.name} --peer ADDRESS" gives it one.\n`,
  );
}

async function list(context: Context, long: boolean): Promise<void> {
  const api = context.api();
  const zones: Zone[] = [];
  for await (const page of api.pages("zones.list", ZONES_PER_PAGE)) zones.push(...page);
  if (!long) {
    await context.show(zones, () => {
      if (zones.length === 0) return 'There are no zones yet: "countersign zone add NAME --peer ADDRESS" adds one.\n';
      const rows = zones.map((zone) => [zone.name, zone.status, printMoment(zone.created_on), zone.id]);
      return printTable(
        [{ title: "ZONE", fit: "shorten" }, "DELEGATION", { title: "CREATED", drop: 2 }, { title: "ID", drop: 1 }],
        rows,
        context.io.out,
      );
    });
    return;
  }
  const statuses: ZoneStatus[] = [];
  for (const zone of zones) statuses.push(await api.call("own.status", { params: { zoneId: zone.id } }));
  await context.show(statuses, () => {
    const header: readonly Column[] = [
      { title: "ZONE", fit: "shorten" },
      "MODE",
      "DNSSEC",
      "SERVING",
      "SERIAL",
      { title: "RECORDS", drop: 1 },
      { title: "HELD", fit: "below" },
    ];
    const rows = statuses.map((status) => [
      status.name,
      status.mode,
      status.dnssec.status,
      status.serving,
      status.serials.served,
      status.image?.records,
      status.held?.code,
    ]);
    return printTable(header, rows, context.io.out);
  });
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const status = await api.call("own.status", { params: { zoneId: zone.id } });
  await context.show({ ...zone, countersign: status }, () => describe(zone, status));
}

function describe(zone: Zone, status: ZoneStatus): string {
  const { serials, held, image } = status;
  const delegation: Readonly<Record<string, string>> = {
    active: "active: the parent delegates to our nameservers",
    pending: "pending: the parent does not delegate to our nameservers yet",
    moved: "moved: the parent no longer delegates to our nameservers",
  };
  const facts = printFacts([
    ["id", zone.id],
    ["delegation", delegation[zone.status] ?? zone.status],
    ["our nameservers", zone.name_servers.join(", ") || "none configured (COUNTERSIGN_NAMESERVERS)"],
    ["the primary's NS", zone.original_name_servers?.join(", ")],
    ["mode", status.denial === "none" ? status.mode : `${status.mode}, denial ${status.denial}`],
    ["DNSSEC", status.mode === "unsigned" && !held ? "off" : status.dnssec.status],
    ["serving", status.serving],
    ["now", status.phase],
    ["serials", printSerials(serials)],
    ["verified by", status.zonemd && `its ZONEMD (${status.zonemd})`],
    ["contents", image && `${image.names} names, ${image.records} records, image of ${image.octets} octets`],
    ["transferred", printMoment(status.transferred_time)],
    ["next check", printMoment(status.next_check_time)],
    ["expires", printMoment(status.expire_time)],
    ["paused", zone.paused ? "yes: the provider's mark, which changes nothing in what is answered" : undefined],
    ["frozen", status.frozen_time && `since ${printMoment(status.frozen_time)}: nothing is fetched`],
    ["held", held && `${held.reason} (${held.code}, serial ${held.serial ?? "?"}, since ${printMoment(held.since)})`],
  ]);
  const peers = status.peers.map((peer) => `  ${clean(peerLabel(peer))}${doubtOf(peer)}\n`).join("");
  return `${zone.name}\n${facts}peers\n${peers || "  none\n"}next\n  ${clean(nextStepOf(status))}\n`;
}

/** What a primary last showed, as the status has it. */
export const VERDICTS: Readonly<Record<NonNullable<ZoneStatus["peers"][number]["verdict"]>, string>> = {
  same: "it has the version that is stored here",
  ahead: "it has a newer version",
  lags: "lags: it has an older version than another primary",
  backwards: "went backwards: it has an older version than it, or anybody, had before",
  disagrees: "disagrees: it has other data under the same serial",
};

function doubtOf({ verdict, reachable }: ZoneStatus["peers"][number]): string {
  if (!reachable) return "  (out of reach)";
  return verdict === null || verdict === "same" || verdict === "ahead" ? "" : `  (${VERDICTS[verdict]})`;
}

/** Peers that were made from an address are named by it. */
export function peerLabel({ name, address }: { readonly name: string; readonly address: string }): string {
  return name === address ? address : `${name}  ${address || "(no address)"}`;
}

export function printSerials(serials: ZoneStatus["serials"]): string {
  const shown = Object.entries(serials).map(([name, serial]) => `${name} ${serial ?? "none"}`);
  return shown.join(", ");
}

/**
 * A change between our keys and the primary's makes the server forget what the parent has until it has looked again: disabled in
 * that moment, the status says that the DS is gone when it is not.
 */
export function isDisabledWithDs({ mode, dnssec }: ZoneStatus): boolean {
  return mode !== "unsigned" && dnssec.status === "disabled" && dnssec.parent.ds.length > 0;
}

/** The server's sentence; where it speaks of API calls, the command instead. */
export function nextStepOf(status: ZoneStatus): string {
  if (status.serving === "expired") {
    const why = `"countersign transfer status ${status.name}" says what each of them answered`;
    return `No primary has confirmed ${status.name} for as long as its EXPIRE, so it has expired: ${why}.`;
  }
  if (isDisabledWithDs(status)) {
    return `Take the DS of ${status.name} away at the registrar; the zone stays signed until DNSSEC is deleted.`;
  }
  if (status.mode !== "unsigned" || status.held || status.serving === "not-ready") return status.dnssec.next_step;
  return `DNSSEC is off. "countersign dnssec mode ${status.name} live" signs the zone here; "… presigned" serves the primary's signatures.`;
}

async function check(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const result = await api.call("zones.activationCheck", { params: { zoneId: zone.id } });
  await context.show(
    result,
    () => `The parent of ${zone.name} is asked; "countersign dnssec show ${zone.name}" has its answer.\n`,
  );
}

async function remove(context: Context, text: string, force: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const { dnssec } = await api.call("own.status", { params: { zoneId: zone.id } });
  if (!force && dnssec.parent.ds.length > 0) {
    throw new CliFailure(
      ExitCode.Refused,
      `The parent has a DS of ${zone.name}: resolvers would refuse the zone wherever else it is served without these keys. Take the DS away at the registrar first, or say --force.`,
    );
  }
  const deleted = await api.call("zones.delete", { params: { zoneId: zone.id } });
  await context.show(deleted, () => `${zone.name} is removed.\n`);
}

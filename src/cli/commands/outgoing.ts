/** `outgoing set|show|enable|disable|notify|remove`: to whom a zone is given out. */
import type { Command } from "commander";
import type { Outgoing, OutgoingDetails, Zone } from "#contract";
import type { Context, Runner } from "../context.ts";
import { CliFailure } from "../exit.ts";
import { findAccount, findZone } from "../find.ts";
import { addText, collect } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { planPeers } from "../zone-peers.ts";

type SetOptions = { readonly peer?: readonly string[]; readonly tsig?: string; readonly tlsOnly?: boolean };

export function addOutgoingCommands(program: Command, run: Runner): void {
  const outgoing = program.command("outgoing").description("transfers out: zones given to further secondaries");
  outgoing
    .command("set <zone>")
    .description("say who may transfer a zone, and enable it")
    .option("--peer <peer>", "a secondary: ADDRESS[:PORT], or the name or id of a peer; may be repeated", collect)
    .option("--tsig <tsig>", "TSIG (name or id) for the secondaries that are given by address")
    .option("--tls-only", "refuse transfers over anything but TLS")
    .option("--no-tls-only", "give the zone over TCP, too")
    .action(run((context, zone: string, options: SetOptions) => set(context, zone, options)));
  addText(
    outgoing.commands.at(-1)!,
    `
Each secondary is notified of every new version at its address, and may transfer
from there; so may, without NOTIFY, whoever is in an ACL. Where one of them has
a TSIG, every transfer has to be signed with it.

  countersign outgoing set example.com --peer 192.0.2.54 \\
    --tsig fleet.example.com`,
  );
  outgoing.command("show <zone>").description("serials, secondaries, what each was told and given").action(run(show));
  outgoing
    .command("enable <zone>")
    .description("answer transfers, and notify")
    .action(run((context, zone: string) => enable(context, zone, true)));
  outgoing
    .command("disable <zone>")
    .description("refuse transfers")
    .action(run((context, zone: string) => enable(context, zone, false)));
  outgoing.command("notify <zone>").description("notify all secondaries now").action(run(notify));
  outgoing.command("remove <zone>").description("give the zone to nobody any more").action(run(remove));
}

async function set(context: Context, text: string, options: SetOptions): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const accountId = await findAccount(api);
  const before = await findOutgoing(context, zone);
  const peers: string[] = [];
  for (const choice of await planPeers(api, accountId, options.peer ?? [], options.tsig)) {
    if ("id" in choice) peers.push(choice.id);
    else peers.push((await api.call("peers.create", { params: { accountId }, body: choice.make })).id);
  }
  const body = { name: before?.name ?? zone.name, peers: options.peer ? peers : (before?.peers ?? []) };
  const result = before
    ? await api.call("outgoing.update", { params, body })
    : await api.call("outgoing.create", { params, body });
  if (options.tlsOnly !== undefined) {
    await api.call("own.outgoing.edit", { params, body: { tls_only: options.tlsOnly } });
  }
  if (!before) await api.call("outgoing.enable", { params });
  const to = peers.length === 1 ? "1 secondary" : `${result.peers.length} secondaries`;
  await context.show(result, () => `${zone.name} is given to ${to} and to the ACLs.\n`);
}

/** Undefined when the zone is given to nobody yet. */
async function findOutgoing(context: Context, zone: Zone): Promise<Outgoing | undefined> {
  try {
    return await context.api().call("outgoing.get", { params: { zoneId: zone.id } });
  } catch (error) {
    if (error instanceof CliFailure && error.reason === "outgoing.not-found") return undefined;
    throw error;
  }
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const details = await api.call("own.outgoing.get", { params: { zoneId: zone.id } });
  await context.show(details, () => describe(zone, details));
}

function describe(zone: Zone, details: OutgoingDetails): string {
  const { primary, served } = details.serials;
  const facts = printFacts([
    ["outgoing", details.status.toLowerCase()],
    ["TLS only", details.tls_only ? "yes" : "no"],
    ["serials", `primary ${primary ?? "none"}, given out ${served ?? "none"}`],
    ["IXFR from", details.journal.length === 0 ? "nothing: whole transfers" : details.journal.join(", ")],
  ]);
  const peers = details.peers.map(({ name, address, notify, transfer }) => {
    const said = printFacts(
      [
        ["notified", notify && `${printMoment(notify.time)}, serial ${notify.serial}, ${notify.outcome}`],
        ["failed", notify?.error?.message],
        ["transferred", transfer && `${printMoment(transfer.time)}, serial ${transfer.serial}, ${transfer.kind}`],
      ],
      "    ",
    );
    return `  ${clean(name)}${address === "" ? "" : ` (${address})`}\n${said}`;
  });
  return `${zone.name}\n${facts}secondaries\n${peers.join("") || "  none linked: ACLs alone say who may transfer\n"}`;
}

async function enable(context: Context, text: string, enabled: boolean): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const result = enabled
    ? await api.call("outgoing.enable", { params })
    : await api.call("outgoing.disable", { params });
  await context.show(result, () => `Transfers of ${zone.name} are ${result.toLowerCase()}.\n`);
}

async function notify(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const result = await api.call("outgoing.forceNotify", { params: { zoneId: zone.id } });
  await context.show(
    result,
    () =>
      `The secondaries of ${zone.name} are notified: "countersign outgoing show ${zone.name}" shows how that went.\n`,
  );
}

async function remove(context: Context, text: string): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const deleted = await api.call("outgoing.delete", { params: { zoneId: zone.id } });
  await context.show(deleted, () => `${zone.name} is given to nobody any more.\n`);
}

/** `peer add|set|list|show|tls|remove`. */
import type { Command } from "commander";
import type { Peer, PeerUse, Tsig } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { findAccount, listPeers, listTsigs, pick } from "../find.ts";
import { addText } from "../options.ts";
import { ADDRESS_FORMS, type PeerAddress, printPeerAddress, readPeerAddress } from "../peer-address.ts";
import { printFacts, printWord } from "../print.ts";
import { printTable } from "../table.ts";
import { addPeerTlsCommand } from "./peer-tls.ts";

type AddOptions = { readonly tsig?: string; readonly ixfr: boolean };

export function addPeerCommands(program: Command, run: Runner): void {
  const peer = program
    .command("peer")
    .description("peers: the primaries that zones are transferred from, and the secondaries that they are given to");
  const add = peer
    .command("add <name> <address>")
    .description("add a primary: ADDRESS[:PORT], IPv6 with a port in brackets")
    .option("--tsig <tsig>", "TSIG (name or id) that signs questions, transfers and NOTIFY")
    .option("--no-ixfr", "ask for whole transfers only")
    .action(
      run((context, name: string, address: string, options: AddOptions) => addPeer(context, name, address, options)),
    );
  addText(
    add,
    `
  countersign peer add paris 192.0.2.53 --tsig transfer.example.com
  countersign peer add lab [2001:db8::53]:5300`,
  );
  peer
    .command("set <peer>")
    .description("change a peer (name or id) in place: what is not named stays")
    .option("--name <name>", "its new name")
    .option("--address <address>", "its new ADDRESS[:PORT]")
    .option("--tsig <tsig>", "TSIG (name or id) that signs questions, transfers and NOTIFY")
    .option("--no-tsig", "sign nothing any more")
    .option("--ixfr", "ask for changes")
    .option("--no-ixfr", "ask for whole transfers only")
    .action(run((context, peer: string, options: SetOptions) => setPeer(context, peer, options)));
  peer.command("list").description("all peers").action(run(list));
  peer.command("show <peer>").description("one peer (name or id)").action(run(show));
  addPeerTlsCommand(peer, run);
  peer.command("remove <peer>").description("remove a peer that no zone uses").action(run(remove));
}

/** Throws CliFailure (usage). */
function getAddress(text: string): PeerAddress {
  const address = readPeerAddress(text);
  if (!address) throw usage(`${JSON.stringify(text)} is no address; give one such as ${ADDRESS_FORMS}.`);
  return address;
}

async function addPeer(context: Context, name: string, text: string, options: AddOptions): Promise<void> {
  const address = getAddress(text);
  const api = context.api();
  const accountId = await findAccount(api);
  const tsig = options.tsig === undefined ? undefined : pick("tsig", await listTsigs(api, accountId), options.tsig);
  const body = { name, ...address, ixfr_enable: options.ixfr, tsig_id: tsig?.id };
  const peer = await api.call("peers.create", { params: { accountId }, body });
  await context.show(
    peer,
    () => `${peer.name} is added; "countersign zone add ZONE --peer ${printWord(peer.name)}" uses it.\n`,
  );
}

type SetOptions = {
  readonly name?: string;
  readonly address?: string;
  /** False: `--no-tsig`. */
  readonly tsig?: string | false;
  readonly ixfr?: boolean;
};

async function setPeer(context: Context, text: string, { name, address, tsig, ixfr }: SetOptions): Promise<void> {
  if ([name, address, tsig, ixfr].every((each) => each === undefined)) {
    throw usage("Nothing to change: give --name, --address, --tsig, --no-tsig, --ixfr or --no-ixfr.");
  }
  const place = address === undefined ? undefined : getAddress(address);
  const api = context.api();
  const accountId = await findAccount(api);
  const peer = pick("peer", await listPeers(api, accountId), text);
  const key = typeof tsig === "string" ? pick("tsig", await listTsigs(api, accountId), tsig).id : undefined;
  const body = {
    name: name ?? peer.name,
    ip: place?.ip ?? peer.ip,
    port: place?.port ?? peer.port,
    ixfr_enable: ixfr ?? peer.ixfr_enable,
    tsig_id: tsig === undefined ? peer.tsig_id : key,
  };
  const changed = await api.call("peers.update", { params: { accountId, peerId: peer.id }, body });
  await context.show(
    changed,
    () => `${changed.name} is set; "countersign peer show ${printWord(changed.name)}" shows it.\n`,
  );
}

async function list(context: Context): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const [peers, tsigs] = await Promise.all([listPeers(api, accountId), listTsigs(api, accountId)]);
  await context.show(peers, () => {
    if (peers.length === 0) return 'There are no peers yet: "countersign peer add NAME ADDRESS" adds one.\n';
    const rows = peers.map((peer) => [
      peer.name,
      printPeerAddress(peer),
      tsigName(peer, tsigs),
      peer.ixfr_enable ? "yes" : "no",
      peer.id,
    ]);
    return printTable(
      [
        { title: "PEER", fit: "shorten" },
        { title: "ADDRESS", fit: "wrap", least: 24 },
        { title: "TSIG", fit: "shorten" },
        { title: "IXFR", drop: 1 },
        { title: "ID", drop: 2 },
      ],
      rows,
      context.io.out,
    );
  });
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const [peers, tsigs, uses] = await Promise.all([listPeers(api, accountId), listTsigs(api, accountId), findUses(api)]);
  const peer = pick("peer", peers, text);
  const use = uses?.find(({ peer_id }) => peer_id === peer.id);
  await context.show(peer, () => {
    const facts = printFacts([
      ["id", peer.id],
      ["address", printPeerAddress(peer) || "none"],
      ["TSIG", tsigName(peer, tsigs) ?? "none"],
      ["IXFR", peer.ixfr_enable ? "yes" : "no"],
      ["used by", uses && printUse(use)],
    ]);
    return `${peer.name}\n${facts}`;
  });
}

/** Undefined for a token that may see peers, but no zones. */
async function findUses(api: ApiClient): Promise<readonly PeerUse[] | undefined> {
  try {
    return await api.call("own.peerUses");
  } catch (error) {
    if (error instanceof CliFailure && error.exitCode === ExitCode.Refused) return undefined;
    throw error;
  }
}

const USES_SHOWN = 5;

function printUse(use: PeerUse | undefined): string {
  if (!use || use.zone_count === 0) return "no zone";
  const names = use.zones.slice(0, USES_SHOWN);
  const more = use.zone_count - names.length;
  return more === 0 ? names.join(", ") : `${names.join(", ")} and ${more} more`;
}

function tsigName(peer: Peer, tsigs: readonly Tsig[]): string | undefined {
  return tsigs.find((tsig) => tsig.id === peer.tsig_id)?.name ?? peer.tsig_id;
}

async function remove(context: Context, text: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const peer = pick("peer", await listPeers(api, accountId), text);
  const deleted = await api.call("peers.delete", { params: { accountId, peerId: peer.id } });
  await context.show(deleted, () => `${peer.name} is removed.\n`);
}

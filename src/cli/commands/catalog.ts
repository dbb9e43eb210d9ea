/** `catalog add|set|list|show|remove`: zones that come and go by a catalog zone (RFC 9432). */
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  type Catalog,
  CatalogCreate,
  type CatalogEdit,
  type CatalogMember,
  DEFAULT_REFRESH_SECONDS,
  type MemberSettings,
} from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { findAccount, zoneName } from "../find.ts";
import { addText, collect, readCount, readSeconds } from "../options.ts";
import { printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";
import { planPeers } from "../zone-peers.ts";

const MODES = ["unsigned", "live", "presigned", "multisigner"] as const;
const DENIALS = ["compact", "chain", "nsec3"] as const;
const MEMBERS_PER_PAGE = 5000;

const UNSAID: MemberSettings = {
  mode: "unsigned",
  denial: "compact",
  peers: null,
  auto_refresh_seconds: DEFAULT_REFRESH_SECONDS,
};

type Setup = Pick<MemberSettings, "mode" | "denial">;
type Group = Setup & { readonly group: string };

type SettingsOptions = {
  readonly allow?: readonly string[];
  readonly grace?: number;
  readonly maxMembers?: number;
  readonly mode?: Setup["mode"];
  readonly denial?: Setup["denial"];
  readonly group?: readonly Group[];
};

type SetOptions = SettingsOptions & { readonly now?: boolean };

type AddOptions = SettingsOptions & {
  readonly peer?: readonly string[];
  readonly tsig?: string;
  readonly refresh?: number;
  readonly produce?: boolean;
};

export function addCatalogCommands(program: Command, run: Runner): void {
  const catalog = program.command("catalog").description("catalog zones: zones that come and go by themselves");
  const add = catalog
    .command("add <name>")
    .description("transfer a catalog zone, and take the zones that it names")
    .option("--peer <peer>", "a primary of the catalog and its members: ADDRESS[:PORT], name or id", collect)
    .option("--tsig <tsig>", "TSIG (name or id) for the primaries that are given by address")
    .option("--produce", "make it here, of the zones that are given out, for secondaries of our own")
    .option("--refresh <seconds>", "how often the primaries are asked, beside NOTIFY (default: 86400)", readSeconds)
    .action(run((context, name: string, options: AddOptions) => addCatalog(context, name, options)));
  addSettings(add);
  addText(
    add,
    `
A zone that exists already is left alone. A member that leaves the catalog is no
longer answered for, and kept with its keys for the grace period. --group may be
repeated; the first one that a member is in counts, others get --mode.

  countersign catalog add catalog.example --peer 192.0.2.53 \\
    --tsig transfer.example.com --allow example.com
  countersign catalog add catalog.example --peer paris \\
    --group signed=live --group big=presigned/nsec3`,
  );
  addSettings(
    catalog
      .command("set <catalog>")
      .description("change a catalog's settings; members keep theirs until their group changes")
      .option("--now", "put all settings, and the catalog's own primaries, in force for all members")
      .action(run((context, name: string, options: SetOptions) => setCatalog(context, name, options))),
  );
  catalog.command("list").description("all catalogs").action(run(list));
  catalog.command("show <catalog>").description("one catalog with its members (name or id)").action(run(show));
  catalog
    .command("remove <catalog>")
    .description("give up a catalog; its members become ordinary zones")
    .option("--with-members", "delete them, with their keys")
    .action(
      run((context, name: string, options: { withMembers?: boolean }) =>
        remove(context, name, options.withMembers ?? false),
      ),
    );
}

function addSettings(command: Command): void {
  command
    .option("--allow <name>", "take members at or below this name alone; may be repeated", collect)
    .option("--grace <seconds>", "how long a member that left is kept (default: 30 days)", readSeconds)
    .option("--max-members <count>", "a catalog with more is not applied", readCount(1_000_000))
    .addOption(new Option("--mode <mode>", "how members are signed").choices(MODES))
    .addOption(new Option("--denial <denial>", "how missing names are denied").choices(DENIALS))
    .option("--group <group=mode[/denial]>", "how members of a group are signed; may be repeated", readGroup);
}

/** `big=presigned/nsec3`. */
function readGroup(text: string, before: readonly Group[] | undefined): readonly Group[] {
  const at = text.lastIndexOf("=");
  const [mode, denial = "compact", ...rest] = text.slice(at + 1).split("/");
  const known = MODES.find((one) => one === mode);
  const how = DENIALS.find((one) => one === denial);
  if (at < 1 || !known || !how || rest.length > 0) {
    throw new InvalidArgumentError(`Give GROUP=MODE or GROUP=MODE/DENIAL: ${MODES.join(", ")}; ${DENIALS.join(", ")}.`);
  }
  return [...(before ?? []), { group: text.slice(0, at), mode: known, denial: how }];
}

/** What the command line does not speak of (peers of a group) stays as it was. */
function settingsBody(options: SettingsOptions, before?: Catalog): CatalogEdit {
  const { mode, denial } = options;
  const changed = { ...(mode && { mode }), ...(denial && { denial }) };
  const groups = options.group?.map((group) => {
    return { ...UNSAID, ...before?.groups.find((one) => one.group === group.group), ...group };
  });
  return {
    ...(options.allow && { allowed: options.allow.map(zoneName) }),
    ...(options.grace !== undefined && { grace_seconds: options.grace }),
    ...(options.maxMembers !== undefined && { max_members: options.maxMembers }),
    ...((mode || denial) && { defaults: { ...UNSAID, ...before?.defaults, ...changed } }),
    ...(groups && { groups }),
  };
}

async function addCatalog(context: Context, text: string, options: AddOptions): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  if (!options.peer && !options.produce) {
    throw usage("A catalog comes from a primary: give it with --peer; --produce makes one of the zones given out.");
  }
  if (options.peer && options.produce) throw usage("--produce makes the catalog here: it has no --peer.");
  const peers: string[] = [];
  for (const choice of await planPeers(api, accountId, options.peer ?? [], options.tsig)) {
    if ("id" in choice) peers.push(choice.id);
    else peers.push((await api.call("peers.create", { params: { accountId }, body: choice.make })).id);
  }
  const body = CatalogCreate.parse({
    name: zoneName(text),
    account: { id: accountId },
    role: options.produce ? "producer" : "consumer",
    peers,
    auto_refresh_seconds: options.refresh,
    ...settingsBody(options),
  });
  const made = await api.call("catalogs.create", { body });
  await context.show(made, () =>
    options.produce
      ? `${made.name} is made of the zones that are given out; "countersign outgoing set ${made.name} --peer …" gives it out.\n`
      : `${made.name} is added; its first transfer has begun: "countersign catalog show ${made.name}" shows it.\n`,
  );
}

async function setCatalog(context: Context, text: string, options: SetOptions): Promise<void> {
  const api = context.api();
  const before = await findCatalog(api, text);
  const body = { ...settingsBody(options, before), ...(options.now && { apply_to_members: true }) };
  if (Object.keys(body).length === 0) throw usage("Nothing to change: give --allow, --grace, --mode, --group …");
  const changed = await api.call("catalogs.edit", { params: { catalogId: before.id }, body });
  await context.show(changed, () => describe(changed));
}

async function list(context: Context): Promise<void> {
  const catalogs = await context.api().call("catalogs.list");
  await context.show(catalogs, () => {
    if (catalogs.length === 0)
      return 'There are no catalogs: "countersign catalog add NAME --peer ADDRESS" adds one.\n';
    const rows = catalogs.map((one) => [
      one.name,
      one.state,
      one.applied_serial,
      one.members,
      one.kept,
      one.refused,
      one.id,
    ]);
    return printTable(
      [{ title: "CATALOG", fit: "shorten" }, "STATE", "SERIAL", "MEMBERS", "KEPT", "REFUSED", { title: "ID", drop: 1 }],
      rows,
      context.io.out,
    );
  });
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const catalog = await findCatalog(api, text);
  const members: CatalogMember[] = [];
  const params = { catalogId: catalog.id };
  for await (const page of api.pages("catalogs.members", MEMBERS_PER_PAGE, { params })) members.push(...page);
  await context.show({ ...catalog, member_list: members }, () => {
    const rows = members.map((member) => [
      member.name,
      member.state,
      member.groups.join(" "),
      member.refusal?.message ?? (member.kept_until ? `kept until ${printMoment(member.kept_until)}` : undefined),
    ]);
    const table =
      rows.length === 0
        ? ""
        : printTable(
            [
              { title: "MEMBER", fit: "shorten" },
              "STATE",
              { title: "GROUPS", fit: "wrap", least: 16 },
              { title: "WHY", fit: "below" },
            ],
            rows,
            context.io.out,
          );
    return `${describe(catalog)}${table}`;
  });
}

function describe(catalog: Catalog): string {
  const setup = ({ mode, denial }: Setup) => (mode === "unsigned" ? mode : `${mode}, denial ${denial}`);
  const facts = printFacts([
    ["id", catalog.id],
    ["role", catalog.role],
    ["state", catalog.state],
    ["broken", catalog.fault && `${catalog.fault.message} (${catalog.fault.code})`],
    [
      "applied",
      catalog.applied_serial === null
        ? undefined
        : `serial ${catalog.applied_serial}, ${printMoment(catalog.applied_time)}`,
    ],
    ["members", `${catalog.members}, ${catalog.kept} kept, ${catalog.refused} refused`],
    ["allowed", catalog.allowed.join(", ") || "any name"],
    ["grace", `${catalog.grace_seconds} s`],
    ["at most", `${catalog.max_members} members`],
    ["set up as", setup(catalog.defaults)],
    ...catalog.groups.map((group) => [`group ${group.group}`, setup(group)] as const),
  ]);
  return `${catalog.name}\n${facts}`;
}

async function remove(context: Context, text: string, withMembers: boolean): Promise<void> {
  const api = context.api();
  const catalog = await findCatalog(api, text);
  const query = { members: withMembers ? "remove" : "keep" };
  const deleted = await api.call("catalogs.delete", { params: { catalogId: catalog.id }, query });
  const members = withMembers ? "its members are deleted" : "its members are ordinary zones now";
  await context.show(deleted, () => `${catalog.name} is given up; ${members}.\n`);
}

async function findCatalog(api: ApiClient, text: string): Promise<Catalog> {
  const name = zoneName(text);
  const found = (await api.call("catalogs.list")).find((one) => one.name === name || one.id === text);
  if (!found) throw notFound(`There is no catalog ${text}; "countersign catalog list" shows those that there are.`);
  return found;
}

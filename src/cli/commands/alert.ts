/** `alert add|set|list|show|kinds|remove|enable|disable|deliveries|history|destination …`: who is told what, by webhook and mail. */
import { type Command, InvalidArgumentError, Option } from "commander";
import { ALERT_KINDS, type AlertDestination, type AlertKind, type AlertPolicy } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { findAccount, findZone, pick } from "../find.ts";
import { addText, collect, readCount } from "../options.ts";
import { clean, printCount, printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";
import { addDestinationCommands } from "./alert-destination.ts";

const DELIVERIES_MAX = 1000;
const WINDOW_MAX = 604_800;

export function addAlertCommands(program: Command, run: Runner): void {
  const alert = program.command("alert").description("alerts: who is told what, by webhook and mail");
  const window = "the same happening to a zone is told once within this time; 0: each time";
  const add = alert
    .command("add <name>")
    .description("tell destinations of some kinds of happenings")
    .requiredOption("--to <destination>", "a destination (name or id); may be repeated", collect)
    .addOption(kindOption("only this kind; may be repeated (default: all but the updates)"))
    .option("--zone <zone>", "only of this zone; may be repeated", collect)
    .option("--window <seconds>", window, readWindow)
    .action(run((context, name: string, options: AddOptions) => addPolicy(context, name, options)));
  addText(
    add,
    `
"countersign alert kinds" says what each kind is.

  countersign alert add everything --to pager --to ops
  countersign alert add ends --to ops --zone example.com \\
    --kind countersign_signature_horizon --kind countersign_zone_expired`,
  );
  const set = alert
    .command("set <policy>")
    .description("change a policy (name or id) in place: what is not named stays")
    .option("--name <name>", "its new name")
    .option("--to <destination>", "a destination (name or id) in place of those before; may be repeated", collect)
    .addOption(kindOption("only this kind, in place of those before; may be repeated"))
    .option("--all-kinds", "every kind, the updates too")
    .option("--zone <zone>", "only of this zone, in place of those before; may be repeated", collect)
    .option("--all-zones", "of every zone")
    .option("--window <seconds>", window, readWindow)
    .action(run((context, text: string, options: SetOptions) => setPolicy(context, text, options)));
  addText(
    set,
    `
  countersign alert set everything --to pager --window 3600
  countersign alert set ends --all-zones`,
  );
  alert.command("list").description("all policies").action(run(list));
  alert.command("show <policy>").description("one policy (name or id), with its kinds and zones").action(run(show));
  alert.command("kinds").description("which kinds of happenings can be told, and by which means").action(run(kinds));
  alert.command("remove <policy>").description("remove a policy (name or id)").action(run(remove));
  alert
    .command("enable <policy>")
    .description("tell again")
    .action(run((context, name: string) => enable(context, name, true)));
  alert
    .command("disable <policy>")
    .description("keep a policy and tell nothing by it")
    .action(run((context, name: string) => enable(context, name, false)));
  alert
    .command("deliveries")
    .description("what was told, and what waits, newest first")
    .option("--limit <count>", "the newest so many", readCount(DELIVERIES_MAX), 50)
    .action(run((context, options: { limit: number }) => deliveries(context, options.limit)));
  alert
    .command("history")
    .description("what arrived, newest first: of a span of time, and by which means")
    .option("--since <time>", "from this day or time of RFC 3339 on")
    .option("--until <time>", "up to this day or time")
    .option("--limit <count>", "the newest so many", readCount(DELIVERIES_MAX), 50)
    .action(run((context, options: HistoryOptions) => history(context, options)));
  addDestinationCommands(alert, run);
}

type AddOptions = {
  readonly to: readonly string[];
  readonly kind?: readonly AlertKind[];
  readonly zone?: readonly string[];
  readonly window?: number;
};

type SetOptions = Partial<AddOptions> & {
  readonly name?: string;
  readonly allKinds?: true;
  readonly allZones?: true;
};
type HistoryOptions = { readonly since?: string; readonly until?: string; readonly limit: number };

function kindOption(text: string): Option {
  const read = (word: string, before: readonly string[] | undefined) => {
    const known: readonly string[] = ALERT_KINDS;
    if (!known.includes(word)) throw new InvalidArgumentError(`Give one of ${ALERT_KINDS.join(", ")}.`);
    return collect(word, before);
  };
  const option = new Option("--kind <kind>", text).argParser(read);
  // For completion alone: `choices()` would read one and forget those before it, and print all of them in the help.
  option.argChoices = [...ALERT_KINDS];
  return option;
}

function readWindow(text: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : WINDOW_MAX + 1;
  if (number > WINDOW_MAX) throw new InvalidArgumentError(`Give a whole number from 0 to ${WINDOW_MAX}.`);
  return number;
}

async function addPolicy(context: Context, name: string, options: AddOptions): Promise<void> {
  const api = context.api();
  const destinations = await destinationsOf(api, options.to);
  const zones = await zonesOf(api, options.zone ?? []);
  const kinds = options.kind ?? ALERT_KINDS.filter((kind) => kind !== "secondary_dns_zone_successfully_updated");
  const body = { name, enabled: true, kinds: [...kinds], zones, destinations, window_seconds: options.window ?? 900 };
  const policy = await api.call("alerts.create", { body });
  await context.show(policy, () => `${name} is added: ${reachOf(policy)}.\n`);
}

async function destinationsOf(api: ApiClient, names: readonly string[]): Promise<string[]> {
  const all = await api.call("alerts.destinations.list");
  return names.map((text) => pick("alert destination", all, text).id);
}

async function zonesOf(api: ApiClient, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const text of names) ids.push((await findZone(api, text)).id);
  return ids;
}

function reachOf({ kinds, zones, destinations }: AlertPolicy): string {
  const where = zones.length === 0 ? "all zones" : printCount(zones.length, "zone");
  return `${printCount(kinds.length, "kind")}, ${where}, ${printCount(destinations.length, "destination")}`;
}

async function setPolicy(context: Context, text: string, options: SetOptions): Promise<void> {
  const { name, to, kind, allKinds, zone, allZones, window } = options;
  if (Object.keys(options).length === 0) {
    throw usage("Nothing to change: give --name, --to, --kind, --all-kinds, --zone, --all-zones or --window.");
  }
  if (kind && allKinds) throw usage("Give one of --kind and --all-kinds.");
  if (zone && allZones) throw usage("Give one of --zone and --all-zones.");
  const api = context.api();
  const { id: policyId, created_time: _time, ...before } = await findPolicy(api, text);
  const body = {
    ...before,
    name: name ?? before.name,
    destinations: to ? await destinationsOf(api, to) : before.destinations,
    kinds: allKinds ? [...ALERT_KINDS] : kind ? [...kind] : before.kinds,
    zones: allZones ? [] : zone ? await zonesOf(api, zone) : before.zones,
    window_seconds: window ?? before.window_seconds,
  };
  const changed = await api.call("alerts.update", { params: { policyId }, body });
  await context.show(changed, () => `${changed.name} is set: ${reachOf(changed)}.\n`);
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id } = await findPolicy(api, text);
  const [policy, all] = await Promise.all([
    api.call("alerts.get", { params: { policyId: id } }),
    api.call("alerts.destinations.list"),
  ]);
  await context.show(policy, () => {
    const facts = printFacts([
      ["id", policy.id],
      ["on", policy.enabled ? "yes" : "no"],
      ["to", policy.destinations.map((each) => nameOf(all, each)).join(", ")],
      ["zones", policy.zones.length === 0 ? "all" : policy.zones.join(", ")],
      ["window", policy.window_seconds === 0 ? "none: each is told" : `${policy.window_seconds} s`],
      ["added", printMoment(policy.created_time)],
    ]);
    const told = policy.kinds.map((each) => `  ${each}\n`).join("");
    return `${clean(policy.name)}\n${facts}kinds\n${told}`;
  });
}

const nameOf = (all: readonly AlertDestination[], id: string): string => all.find((each) => each.id === id)?.name ?? id;

/** As JSON the kinds, as the provider's API has them; the means beside them are for people. */
async function kinds(context: Context): Promise<void> {
  const api = context.api();
  const params = { accountId: await findAccount(api) };
  const [available, eligible] = await Promise.all([
    api.call("alerting.available", { params }),
    api.call("alerting.eligible", { params }),
  ]);
  await context.show(available, () => {
    const rows = Object.values(available)
      .flat()
      .map(({ type, description }) => [type, description]);
    const means = Object.entries(eligible)
      .filter(([, ways]) => ways.some((way) => way.eligible && way.ready))
      .map(([name]) => name);
    const table = printTable([{ title: "KIND" }, { title: "WHEN", fit: "below" }], rows, context.io.out);
    return `${table}${clean(`told by: ${means.join(", ")}`)}\n`;
  });
}

async function list(context: Context): Promise<void> {
  const api = context.api();
  const [policies, all] = await Promise.all([api.call("alerts.list"), api.call("alerts.destinations.list")]);
  await context.show(policies, () => {
    if (policies.length === 0)
      return 'Nobody is told anything: "countersign alert add NAME --to DESTINATION" adds a policy.\n';
    const rows = policies.map((policy) => [
      policy.name,
      policy.enabled ? "yes" : "no",
      policy.kinds.length,
      policy.zones.length || "all",
      policy.window_seconds,
      policy.destinations.map((each) => nameOf(all, each)).join(", "),
      policy.id,
    ]);
    return printTable(
      [
        { title: "ALERT", fit: "shorten" },
        "ON",
        { title: "KINDS", drop: 2 },
        "ZONES",
        { title: "WINDOW", drop: 3 },
        { title: "TO", fit: "wrap" },
        { title: "ID", drop: 4 },
      ],
      rows,
      context.io.out,
    );
  });
}

async function findPolicy(api: ApiClient, text: string): Promise<AlertPolicy> {
  return pick("alert", await api.call("alerts.list"), text);
}

async function remove(context: Context, text: string): Promise<void> {
  const api = context.api();
  const policy = await findPolicy(api, text);
  const deleted = await api.call("alerts.delete", { params: { policyId: policy.id } });
  await context.show(deleted, () => `${policy.name} is removed.\n`);
}

async function enable(context: Context, text: string, enabled: boolean): Promise<void> {
  const api = context.api();
  const { id: policyId, created_time: _time, ...policy } = await findPolicy(api, text);
  const changed = await api.call("alerts.update", { params: { policyId }, body: { ...policy, enabled } });
  await context.show(changed, () => `${policy.name} is ${enabled ? "enabled" : "disabled"}.\n`);
}

async function deliveries(context: Context, limit: number): Promise<void> {
  const rows = await context.api().call("alerts.deliveries", { query: { limit } });
  await context.show(rows, () => {
    if (rows.length === 0) return "Nothing was told yet.\n";
    const lines = rows.map((row) => [
      printMoment(row.created_time),
      row.state,
      row.tries,
      row.repeats,
      row.kind,
      row.message,
      row.error && `${row.error.message} (${row.error.code})`,
    ]);
    return printTable(
      [
        "TIME",
        "STATE",
        { title: "TRIES", drop: 1 },
        { title: "REPEATS", drop: 2 },
        { title: "KIND", fit: "shorten" },
        { title: "MESSAGE", fit: "below" },
        { title: "ERROR", fit: "below" },
      ],
      lines,
      context.io.out,
    );
  });
}

async function history(context: Context, { since, until, limit }: HistoryOptions): Promise<void> {
  const api = context.api();
  const options = { params: { accountId: await findAccount(api) }, query: { since, before: until, per_page: limit } };
  const { items } = await api.page("alerting.history", options);
  await context.show(items, () => {
    if (items.length === 0) return 'Nothing arrived: "countersign alert deliveries" shows what was tried.\n';
    const rows = items.map((row) => [
      printMoment(row.sent),
      row.name,
      row.mechanism_type,
      row.mechanism,
      row.alert_type,
      row.alert_body,
    ]);
    return printTable(
      [
        "TIME",
        { title: "ALERT", fit: "shorten" },
        { title: "BY", drop: 2 },
        { title: "TO", fit: "wrap", drop: 1 },
        { title: "KIND", fit: "below" },
        { title: "MESSAGE", fit: "below" },
      ],
      rows,
      context.io.out,
    );
  });
}

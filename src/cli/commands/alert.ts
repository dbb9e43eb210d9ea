/** `alert add|list|remove|enable|disable|deliveries|destination …`: who is told what, by webhook and mail. */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  ALERT_KINDS,
  type AlertDestination,
  type AlertDestinationWrite,
  type AlertKind,
  type AlertPolicy,
} from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { findZone } from "../find.ts";
import { addText, collect, readCount } from "../options.ts";
import { clean, printCount, printMoment, printWord } from "../print.ts";
import { printTable } from "../table.ts";

const DELIVERIES_MAX = 1000;
const WINDOW_MAX = 604_800;
const PORT_MAX = 65_535;

export function addAlertCommands(program: Command, run: Runner): void {
  const alert = program.command("alert").description("alerts: who is told what, by webhook and mail");
  alert
    .command("add <name>")
    .description("tell destinations of some kinds of happenings")
    .requiredOption("--to <destination>", "a destination (name or id); may be repeated", collect)
    .addOption(kindOption())
    .option("--zone <zone>", "only of this zone; may be repeated", collect)
    .option("--window <seconds>", "the same kind for a zone is told once within this time; 0: each time", readWindow)
    .action(run((context, name: string, options: AddOptions) => add(context, name, options)));
  addText(
    alert.commands.at(-1)!,
    `\nKinds (all of them but the updates when none is given)\n  ${ALERT_KINDS.join("\n  ")}\n`,
  );
  alert.command("list").description("all policies").action(run(list));
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
  addDestinationCommands(alert, run);
}

function addDestinationCommands(alert: Command, run: Runner): void {
  const destination = alert.command("destination").description("destinations of alerts: webhooks and mail addresses");
  destination
    .command("add <name>")
    .description("add a webhook or a mail address; its secret comes from a file or from standard input")
    .option("--webhook <url>", "https URL that alerts are posted to, signed by HMAC-SHA256 with the secret")
    .option("--smtp <host>", "mail server")
    .option("--port <port>", "its port (default: 587, with tls 465, with none 25)", readCount(PORT_MAX))
    .addOption(new Option("--security <kind>", "how").choices(["starttls", "tls", "none"]).default("starttls"))
    .option("--username <name>", "log in with this name, and the secret as password")
    .option("--from <address>", "sender")
    .option("--to <address>", "receiver; may be repeated", collect)
    .option("--secret-file <path>", 'file with the secret in its first line; "-" is standard input')
    .action(run((context, name: string, options: DestinationOptions) => addDestination(context, name, options)));
  destination.command("list").description("all destinations").action(run(listDestinations));
  destination.command("test <destination>").description("send a test now").action(run(testDestination));
  destination.command("remove <destination>").description("remove a destination").action(run(removeDestination));
}

type AddOptions = {
  readonly to: readonly string[];
  readonly kind?: readonly AlertKind[];
  readonly zone?: readonly string[];
  readonly window?: number;
};

type DestinationOptions = {
  readonly webhook?: string;
  readonly smtp?: string;
  readonly port?: number;
  readonly security: "starttls" | "tls" | "none";
  readonly username?: string;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly secretFile?: string;
};

function kindOption(): Option {
  const read = (word: string, before: readonly string[] | undefined) => {
    const known: readonly string[] = ALERT_KINDS;
    if (!known.includes(word)) throw new InvalidArgumentError(`Give one of ${ALERT_KINDS.join(", ")}.`);
    return collect(word, before);
  };
  return new Option("--kind <kind>", "only this kind; may be repeated").argParser(read);
}

function readWindow(text: string): number {
  const number = /^\d{1,6}$/.test(text) ? Number(text) : WINDOW_MAX + 1;
  if (number > WINDOW_MAX) throw new InvalidArgumentError(`Give a whole number from 0 to ${WINDOW_MAX}.`);
  return number;
}

async function add(context: Context, name: string, options: AddOptions): Promise<void> {
  const api = context.api();
  const all = await api.call("alerts.destinations.list");
  const destinations = options.to.map((text) => find("destination", all, text).id);
  const zones: string[] = [];
  for (const text of options.zone ?? []) zones.push((await findZone(api, text)).id);
  const kinds = options.kind ?? ALERT_KINDS.filter((kind) => kind !== "secondary_dns_zone_successfully_updated");
  const body = { name, enabled: true, kinds: [...kinds], zones, destinations, window_seconds: options.window ?? 900 };
  const policy = await api.call("alerts.create", { body });
  await context.show(
    policy,
    () =>
      `${name} is added: ${printCount(kinds.length, "kind")}, ${zones.length === 0 ? "all zones" : printCount(zones.length, "zone")}.\n`,
  );
}

async function list(context: Context): Promise<void> {
  const api = context.api();
  const [policies, all] = await Promise.all([api.call("alerts.list"), api.call("alerts.destinations.list")]);
  await context.show(policies, () => {
    if (policies.length === 0)
      return 'Nobody is told anything: "countersign alert add NAME --to DESTINATION" adds a policy.\n';
    const nameOf = (id: string) => all.find((each) => each.id === id)?.name ?? id;
    const rows = policies.map((policy) => [
      policy.name,
      policy.enabled ? "yes" : "no",
      policy.kinds.length,
      policy.zones.length || "all",
      policy.window_seconds,
      policy.destinations.map(nameOf).join(", "),
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
  return find("alert policy", await api.call("alerts.list"), text);
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

async function addDestination(context: Context, name: string, options: DestinationOptions): Promise<void> {
  const secret = options.secretFile === undefined ? undefined : readSecret(options.secretFile);
  const body: AlertDestinationWrite = { name, secret, ...targetOf(options) };
  const made = await context.api().call("alerts.destinations.create", { body });
  await context.show(
    made,
    () => `${name} is added: "countersign alert destination test ${printWord(name)}" sends a test.\n`,
  );
}

const PORTS = { starttls: 587, tls: 465, none: 25 } as const;

function targetOf(options: DestinationOptions): Pick<AlertDestinationWrite, "webhook" | "smtp"> {
  const { webhook, smtp: host, security, username, from, to, port } = options;
  if ((webhook === undefined) === (host === undefined)) throw usage("Give exactly one of --webhook and --smtp.");
  if (webhook !== undefined) return { webhook: { url: webhook } };
  if (from === undefined || !to) throw usage("Mail needs --from and --to.");
  return { smtp: { host: host!, port: port ?? PORTS[security], security, username, from, to: [...to] } };
}

/** Not from the command line: those are public. */
function readSecret(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8").split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw new CliFailure(ExitCode.NotFound, `The secret can't be read: ${(error as Error).message}`);
  }
}

async function listDestinations(context: Context): Promise<void> {
  const all = await context.api().call("alerts.destinations.list");
  await context.show(all, () => {
    if (all.length === 0) return 'There are none: "countersign alert destination add NAME --webhook URL" adds one.\n';
    const rows = all.map((each) => [each.name, each.kind, describe(each), each.has_secret ? "yes" : "no", each.id]);
    return printTable(
      [
        { title: "DESTINATION", fit: "shorten" },
        { title: "KIND", drop: 1 },
        { title: "WHERE", fit: "wrap" },
        { title: "SECRET", drop: 2 },
        { title: "ID", drop: 3 },
      ],
      rows,
      context.io.out,
    );
  });
}

function describe({ webhook, smtp }: AlertDestination): string {
  return webhook ? webhook.url : `${smtp?.to.join(", ")} by ${smtp?.host}:${smtp?.port} (${smtp?.security})`;
}

async function testDestination(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id, name } = find("destination", await api.call("alerts.destinations.list"), text);
  const result = await api.call("alerts.destinations.test", { params: { destinationId: id } });
  if (!result.delivered) {
    if (context.json) await context.show(result, () => "");
    const why = result.error
      ? `${clean(result.error.message)} (${clean(result.error.code)})`
      : "the reason was not told";
    throw new CliFailure(ExitCode.Refused, `${name}: the test did not arrive: ${why}.`);
  }
  await context.show(result, () => `${name}: the test was taken.\n`);
}

async function removeDestination(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id, name } = find("destination", await api.call("alerts.destinations.list"), text);
  const deleted = await api.call("alerts.destinations.delete", { params: { destinationId: id } });
  await context.show(deleted, () => `${name} is removed.\n`);
}

/** By id, or by a name that only one has. */
function find<T extends { readonly id: string; readonly name: string }>(
  what: string,
  all: readonly T[],
  text: string,
): T {
  const found = all.filter((each) => each.id === text || each.name === text);
  if (found.length === 1) return found[0]!;
  const why = found.length === 0 ? `There is no ${what} ${text}.` : `Several are named ${text}: give the id.`;
  throw new CliFailure(found.length === 0 ? ExitCode.NotFound : ExitCode.Usage, why);
}

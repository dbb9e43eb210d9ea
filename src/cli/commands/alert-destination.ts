/** `alert destination add|set|list|show|test|remove`: where alerts go. */
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import type { AlertDestination, AlertDestinationWrite } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { CliFailure, ExitCode, usage } from "../exit.ts";
import { pick } from "../find.ts";
import { addText, collect, readCount } from "../options.ts";
import { clean, printFacts, printMoment, printWord } from "../print.ts";
import { printTable } from "../table.ts";

const PORT_MAX = 65_535;
const SECURITIES = ["starttls", "tls", "none"] as const;
const PORTS = { starttls: 587, tls: 465, none: 25 } as const;

type Options = {
  readonly webhook?: string;
  readonly smtp?: string;
  readonly port?: number;
  readonly security?: (typeof SECURITIES)[number];
  /** False: `--no-username`. */
  readonly username?: string | false;
  readonly from?: string;
  readonly to?: readonly string[];
  readonly secretFile?: string;
};
type SetOptions = Options & { readonly name?: string };

export function addDestinationCommands(alert: Command, run: Runner): void {
  const destination = alert.command("destination").description("destinations of alerts: webhooks and mail addresses");
  const targeted = (command: Command): Command =>
    command
      .option("--webhook <url>", "https URL that alerts are posted to, signed by HMAC-SHA256 with the secret")
      .option("--smtp <host>", "mail server")
      .option("--port <port>", "its port (default: 587, with tls 465, with none 25)", readCount(PORT_MAX))
      .addOption(new Option("--security <kind>", "how it is spoken to (default: starttls)").choices(SECURITIES))
      .option("--username <name>", "log in with this name, and the secret as password")
      .option("--from <address>", "sender")
      .option("--to <address>", "receiver; may be repeated", collect)
      .option("--secret-file <path>", 'file with the secret in its first line; "-" is standard input');
  const add = targeted(destination.command("add <name>"))
    .description("add a webhook or a mail address; its secret comes from a file or from standard input")
    .action(run((context, name: string, options: Options) => addDestination(context, name, options)));
  addText(
    add,
    `
  countersign alert destination add pager --secret-file secret.txt \\
    --webhook https://receiver.example.net/dns
  countersign alert destination add ops --smtp mail.example.net \\
    --from dns@example.net --to ops@example.net --username dns \\
    --secret-file password.txt`,
  );
  const set = targeted(destination.command("set <destination>"))
    .description("change a destination (name or id) in place: what is not named stays, its secret too")
    .option("--name <name>", "its new name")
    .option("--no-username", "log in no more")
    .action(run((context, text: string, options: SetOptions) => setDestination(context, text, options)));
  addText(
    set,
    `
--to replaces all receivers. At another host or port the secret has to be given
anew: it is not sent to somebody else.

  countersign alert destination set ops --to ops@example.net \\
    --to night@example.net
  countersign alert destination set pager --secret-file new-secret.txt`,
  );
  destination.command("list").description("all destinations").action(run(listDestinations));
  destination
    .command("show <destination>")
    .description("one destination (name or id), without its secret")
    .action(run(showDestination));
  destination.command("test <destination>").description("send a test now").action(run(testDestination));
  destination.command("remove <destination>").description("remove a destination").action(run(removeDestination));
}

async function addDestination(context: Context, name: string, options: Options): Promise<void> {
  const secret = options.secretFile === undefined ? undefined : readSecret(options.secretFile);
  const body: AlertDestinationWrite = { name, secret, ...targetOf(options) };
  const made = await context.api().call("alerts.destinations.create", { body });
  await context.show(
    made,
    () => `${name} is added: "countersign alert destination test ${printWord(name)}" sends a test.\n`,
  );
}

/** Of what is given, and for what is not of `before`. */
function targetOf(options: Options, before?: AlertDestination): Pick<AlertDestinationWrite, "webhook" | "smtp"> {
  const { webhook, smtp: host, security, username, from, to, port } = options;
  const mail = [host, security, username, from, to, port].some((each) => each !== undefined);
  if (webhook !== undefined && mail)
    throw usage("Give exactly one of --webhook and --smtp, each with its own options.");
  if (webhook !== undefined) return { webhook: { url: webhook } };
  if (!mail && before?.webhook) return { webhook: before.webhook };
  const old = before?.smtp;
  if (host === undefined && !old) throw usage("Give exactly one of --webhook and --smtp.");
  const sender = from ?? old?.from;
  const receivers = to ?? old?.to;
  if (sender === undefined || !receivers) throw usage("Mail needs --from and --to.");
  const kind = security ?? old?.security ?? "starttls";
  // A port that nobody chose goes with the way of speaking.
  const kept = old && old.port !== PORTS[old.security] ? old.port : undefined;
  const login = username === false ? undefined : (username ?? old?.username ?? undefined);
  return {
    smtp: {
      host: host ?? old!.host,
      port: port ?? kept ?? PORTS[kind],
      security: kind,
      username: login,
      from: sender,
      to: [...receivers],
    },
  };
}

async function setDestination(context: Context, text: string, options: SetOptions): Promise<void> {
  const { name, secretFile, ...target } = options;
  if (Object.keys(options).length === 0) {
    throw usage("Nothing to change: give --name, --webhook, --smtp, --to, --secret-file or another of its options.");
  }
  const secret = secretFile === undefined ? undefined : readSecret(secretFile);
  const api = context.api();
  const before = await findDestination(api, text);
  const body: AlertDestinationWrite = { name: name ?? before.name, secret, ...targetOf(target, before) };
  const changed = await api.call("alerts.destinations.update", { params: { destinationId: before.id }, body });
  await context.show(
    changed,
    () =>
      `${changed.name} is set: "countersign alert destination test ${printWord(changed.name)}" shows whether it arrives.\n`,
  );
}

/** Not from the command line: those are public. */
function readSecret(path: string): string {
  try {
    return readFileSync(path === "-" ? 0 : path, "utf8").split(/\r?\n/, 1)[0]!;
  } catch (error) {
    throw new CliFailure(ExitCode.NotFound, `The secret can't be read: ${(error as Error).message}`);
  }
}

async function findDestination(api: ApiClient, text: string): Promise<AlertDestination> {
  return pick("alert destination", await api.call("alerts.destinations.list"), text);
}

async function listDestinations(context: Context): Promise<void> {
  const all = await context.api().call("alerts.destinations.list");
  await context.show(all, () => {
    if (all.length === 0) return 'There are none: "countersign alert destination add NAME --webhook URL" adds one.\n';
    const rows = all.map((each) => [each.name, each.kind, placeOf(each), each.has_secret ? "yes" : "no", each.id]);
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

function placeOf({ webhook, smtp }: AlertDestination): string {
  return webhook ? webhook.url : `${smtp?.to.join(", ")} by ${smtp?.host}:${smtp?.port} (${smtp?.security})`;
}

async function showDestination(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id } = await findDestination(api, text);
  const one = await api.call("alerts.destinations.get", { params: { destinationId: id } });
  await context.show(one, () => {
    const { webhook, smtp } = one;
    const facts = printFacts([
      ["id", one.id],
      ["webhook", webhook?.url],
      ["mail server", smtp && `${smtp.host}:${smtp.port} (${smtp.security})`],
      ["logs in as", smtp && (smtp.username ?? "nobody")],
      ["from", smtp?.from],
      ["to", smtp?.to.join(", ")],
      ["secret", one.has_secret ? "set" : "none"],
      ["added", printMoment(one.created_time)],
    ]);
    return `${clean(one.name)}\n${facts}`;
  });
}

async function testDestination(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id, name } = await findDestination(api, text);
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
  const { id, name } = await findDestination(api, text);
  const deleted = await api.call("alerts.destinations.delete", { params: { destinationId: id } });
  await context.show(deleted, () => `${name} is removed.\n`);
}

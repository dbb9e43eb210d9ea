/** `token create|set|list|show|roll|revoke|groups`: one's own API tokens, and with `--account` those of the account. */
import type { Command } from "commander";
import type { ApiToken, PermissionGroup } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { findAccount, findZone } from "../find.ts";
import { addText } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

/** Whose tokens are meant. */
type Whose = { readonly account?: true };
type CreateOptions = Whose & {
  readonly may: readonly string[];
  readonly zone?: readonly string[];
  readonly from?: readonly string[];
  readonly expires?: string;
};
type SetOptions = Whose & {
  readonly name?: string;
  readonly may?: readonly string[];
  readonly zone?: readonly string[];
  readonly allZones?: true;
  readonly from?: readonly string[];
  readonly fromAnywhere?: true;
  readonly expires?: string;
  readonly neverExpires?: true;
  readonly disable?: true;
  readonly enable?: true;
};

const ZONE_SCOPE = "com.cloudflare.api.account.zone";

export function addTokenCommands(program: Command, run: Runner): void {
  const token = program.command("token").description("API tokens: secrets for programs, each with what it may");
  const create = token
    .command("create <name>")
    .description("create a token; its secret is printed this once")
    .requiredOption("--may <group...>", 'permission groups such as "DNS Read"; "token groups" lists them')
    .option("--zone <zone...>", "only these zones; all of them when left out")
    .option("--from <range...>", "only from these addresses or ranges")
    .option("--expires <time>", "a time such as 2027-01-01T00:00:00Z")
    .action(run(makeToken));
  addText(
    create,
    `
  countersign token create certificates --may "Zone Read" "DNS Read" \\
    --zone example.com --from 192.0.2.0/24`,
  );
  const set = token
    .command("set <token>")
    .description("change a token (name or id) in place, its secret stays: what is not named stays, too")
    .option("--name <name>", "its new name")
    .option("--may <group...>", "these permission groups in place of those before")
    .option("--zone <zone...>", "only these zones, in place of those before")
    .option("--all-zones", "all zones")
    .option("--from <range...>", "only from these addresses or ranges, in place of those before")
    .option("--from-anywhere", "from any address")
    .option("--expires <time>", "a time such as 2027-01-01T00:00:00Z")
    .option("--never-expires", "no end")
    .option("--disable", "good for nothing until enabled again")
    .option("--enable", "good again")
    .action(run(setToken));
  addText(
    set,
    `\n  countersign token set certificates --zone example.com example.net\n  countersign token set certificates --disable`,
  );
  token.command("list").description("all tokens, without their secrets").action(run(list));
  token.command("show <token>").description("one token (name or id), without its secret").action(run(show));
  token.command("groups").description("what tokens can be allowed").action(run(groups));
  token.command("roll <token>").description("make another secret; the one before stops working").action(run(roll));
  token.command("revoke <token>").description("delete a token: it is good for nothing from now on").action(run(revoke));
  for (const each of token.commands) each.option("--account", "of the account instead of one's own (admins)");
}

/** The calls for one's own tokens, or the account's: the same ones in two places of the contract. */
async function homeOf(api: ApiClient, { account }: Whose): Promise<Home> {
  return account ? { routes: ACCOUNTS, params: { accountId: await findAccount(api) } } : { routes: OWN, params: {} };
}

const OWN = {
  list: "user.tokens.list",
  create: "user.tokens.create",
  groups: "user.tokens.groups",
  get: "user.tokens.get",
  update: "user.tokens.update",
  delete: "user.tokens.delete",
  value: "user.tokens.value",
} as const;
const ACCOUNTS = {
  list: "accounts.tokens.list",
  create: "accounts.tokens.create",
  groups: "accounts.tokens.groups",
  get: "accounts.tokens.get",
  update: "accounts.tokens.update",
  delete: "accounts.tokens.delete",
  value: "accounts.tokens.value",
} as const;

type Home = {
  readonly routes: typeof OWN | typeof ACCOUNTS;
  readonly params: Readonly<Record<string, string>>;
};

async function makeToken(context: Context, name: string, options: CreateOptions): Promise<void> {
  const api = context.api();
  const { routes, params } = await homeOf(api, options);
  const known = await api.call(routes.groups, { params });
  const chosen = options.may.map((text) => pickGroup(known, text));
  const body = {
    name,
    policies: policiesOf(chosen, await zoneIds(api, options.zone)),
    ...(options.from && { condition: { request_ip: { in: [...options.from] } } }),
    ...(options.expires && { expires_on: options.expires }),
  };
  const made = await api.call(routes.create, { params, body });
  await context.show(made, () => `${made.name} is created. Its secret, shown this once:\n\n  ${made.value}\n`);
}

/** `*` for all of them. */
async function zoneIds(api: ApiClient, zones: readonly string[] = []): Promise<readonly string[]> {
  const found = await Promise.all(zones.map((text) => findZone(api, text)));
  return found.length === 0 ? ["*"] : found.map(({ id }) => id);
}

function policiesOf(chosen: readonly PermissionGroup[], zones: readonly string[]) {
  return [...new Set(chosen.map(({ scopes }) => scopes[0]!))].map((scope) => ({
    effect: "allow" as const,
    permission_groups: chosen.filter(({ scopes }) => scopes[0] === scope).map(({ id }) => ({ id })),
    resources: Object.fromEntries((scope === ZONE_SCOPE ? zones : ["*"]).map((id) => [`${scope}.${id}`, "*"])),
  }));
}

function pickGroup(known: readonly PermissionGroup[], text: string): PermissionGroup {
  const group = known.find(({ id, name }) => id === text || name.toLowerCase() === text.trim().toLowerCase());
  if (!group)
    throw usage(`There is no permission group ${JSON.stringify(text)}; "countersign token groups" lists them.`);
  return group;
}

const EITHER: readonly (readonly [keyof SetOptions, keyof SetOptions, string])[] = [
  ["zone", "allZones", "--zone and --all-zones"],
  ["from", "fromAnywhere", "--from and --from-anywhere"],
  ["expires", "neverExpires", "--expires and --never-expires"],
  ["disable", "enable", "--disable and --enable"],
];

async function setToken(context: Context, text: string, options: SetOptions): Promise<void> {
  const { account: _whose, ...wishes } = options;
  if (Object.keys(wishes).length === 0) {
    throw usage(
      "Nothing to change: give --name, --may, --zone, --from, --expires, --disable, --enable or another option.",
    );
  }
  for (const [a, b, words] of EITHER) if (options[a] && options[b]) throw usage(`Give one of ${words}.`);
  const api = context.api();
  const home = await homeOf(api, options);
  const before = await findToken(api, home, text);
  const from = options.fromAnywhere ? undefined : (options.from ?? before.condition?.request_ip?.in);
  const notFrom = options.fromAnywhere ? undefined : before.condition?.request_ip?.not_in;
  const ends = options.neverExpires ? undefined : (options.expires ?? before.expires_on);
  const body = {
    name: options.name ?? before.name,
    policies: await newPolicies(api, home, before, options),
    ...((from || notFrom) && {
      condition: { request_ip: { ...(from && { in: [...from] }), ...(notFrom && { not_in: notFrom }) } },
    }),
    ...(ends && { expires_on: ends }),
    ...(before.not_before && { not_before: before.not_before }),
    status: statusOf(before, options),
  };
  const { routes, params } = home;
  const changed = await api.call(routes.update, { params: { ...params, tokenId: before.id }, body });
  await context.show(changed, () => `${changed.name} is set: ${changed.status}, may ${mayOf(changed)}.\n`);
}

function statusOf(before: ApiToken, { disable, enable }: SetOptions): "active" | "disabled" {
  if (disable || enable) return disable ? "disabled" : "active";
  return before.status === "disabled" ? "disabled" : "active";
}

/** As they were, unless groups or zones are named: then made anew, which can't be told of a token that denies something. */
async function newPolicies(api: ApiClient, { routes, params }: Home, before: ApiToken, options: SetOptions) {
  const same = before.policies.map(({ effect, permission_groups, resources }) => ({
    effect,
    permission_groups: permission_groups.map(({ id }) => ({ id })),
    resources,
  }));
  if (!options.may && !options.zone && !options.allZones) return same;
  const scopes = [...new Set(before.policies.flatMap((policy) => Object.keys(policy.resources)))];
  const zones = scopes.flatMap((key) => (key.startsWith(`${ZONE_SCOPE}.`) ? [key.slice(ZONE_SCOPE.length + 1)] : []));
  if (
    before.policies.some(
      (policy) => policy.effect === "deny" || Object.values(policy.resources).some((each) => each !== "*"),
    )
  ) {
    throw usage(
      `${before.name} has policies that were made by the API (a denial, or zones within an account): change them there, or revoke it and create another.`,
    );
  }
  const known = await api.call(routes.groups, { params });
  const names = options.may ?? before.policies.flatMap((policy) => policy.permission_groups.map(({ id }) => id));
  const kept = options.zone || options.allZones ? await zoneIds(api, options.zone) : zones.length > 0 ? zones : ["*"];
  return policiesOf([...new Set(names.map((name) => pickGroup(known, name)))], kept);
}

async function allTokens(api: ApiClient, { routes, params }: Home): Promise<readonly ApiToken[]> {
  return api.call(routes.list, { params, query: { per_page: 1000, include_expired: true } });
}

function mayOf({ policies }: ApiToken): string {
  return [...new Set(policies.flatMap(({ permission_groups }) => permission_groups.map((group) => group.name)))].join(
    ", ",
  );
}

async function list(context: Context, options: Whose): Promise<void> {
  const api = context.api();
  const tokens = await allTokens(api, await homeOf(api, options));
  await context.show(tokens, () => {
    if (tokens.length === 0)
      return 'There are no tokens yet: "countersign token create NAME --may GROUP" creates one.\n';
    const rows = tokens.map((token) => [
      token.name,
      mayOf(token),
      token.status,
      printMoment(token.last_used_on ?? null),
      printMoment(token.expires_on ?? null),
      token.id,
    ]);
    return printTable(
      [
        { title: "TOKEN", fit: "shorten" },
        { title: "MAY", fit: "wrap" },
        "STATE",
        { title: "LAST USED", drop: 1 },
        { title: "ENDS", drop: 2 },
        { title: "ID", drop: 3 },
      ],
      rows,
      context.io.out,
    );
  });
}

async function show(context: Context, text: string, options: Whose): Promise<void> {
  const api = context.api();
  const home = await homeOf(api, options);
  const { id } = await findToken(api, home, text);
  const token = await api.call(home.routes.get, { params: { ...home.params, tokenId: id } });
  await context.show(token, () => {
    const ranges = token.condition?.request_ip;
    const facts = printFacts([
      ["id", token.id],
      ["state", token.status],
      ["from", ranges?.in?.join(", ") ?? "anywhere"],
      ["not from", ranges?.not_in?.join(", ")],
      ["created", printMoment(token.issued_on)],
      ["last used", printMoment(token.last_used_on ?? null) ?? "never"],
      ["begins", printMoment(token.not_before ?? null)],
      ["ends", printMoment(token.expires_on ?? null) ?? "never"],
    ]);
    const policies = token.policies.map(({ effect, permission_groups, resources }) => {
      const may = permission_groups.map(({ name }) => name).join(", ");
      const of = Object.entries(resources).map(([key, value]) => `    ${clean(`${key}: ${JSON.stringify(value)}`)}\n`);
      return `  ${effect} ${clean(may)}\n${of.join("")}`;
    });
    return `${clean(token.name)}\n${facts}policies\n${policies.join("")}`;
  });
}

async function groups(context: Context, options: Whose): Promise<void> {
  const api = context.api();
  const { routes, params } = await homeOf(api, options);
  const known = await api.call(routes.groups, { params });
  await context.show(known, () =>
    printTable(
      [{ title: "GROUP", fit: "shorten" }, "FOR", { title: "ID", drop: 1 }],
      known.map(({ name, scopes, id }) => [name, scopes[0]?.split(".").at(-1), id]),
      context.io.out,
    ),
  );
}

async function roll(context: Context, text: string, options: Whose): Promise<void> {
  const api = context.api();
  const home = await homeOf(api, options);
  const token = await findToken(api, home, text);
  const params = { ...home.params, tokenId: token.id };
  const secret = await api.call(home.routes.value, { params, body: {} });
  await context.show(secret, () => `${token.name} has another secret, shown this once:\n\n  ${secret}\n`);
}

async function revoke(context: Context, text: string, options: Whose): Promise<void> {
  const api = context.api();
  const home = await homeOf(api, options);
  const token = await findToken(api, home, text);
  const deleted = await api.call(home.routes.delete, { params: { ...home.params, tokenId: token.id } });
  await context.show(deleted, () => `${token.name} is deleted.\n`);
}

async function findToken(api: ApiClient, home: Home, text: string): Promise<ApiToken> {
  const tokens = await allTokens(api, home);
  const byId = tokens.find(({ id }) => id === text);
  if (byId) return byId;
  const [one, another] = tokens.filter(({ name }) => name === text);
  if (another) throw usage(`Several tokens are named ${text}: say which by its id ("countersign token list").`);
  if (!one) throw notFound(`There is no token ${text}; "countersign token list" shows those that there are.`);
  return one;
}

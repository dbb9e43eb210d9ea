/** `token create|list|roll|revoke|groups`: one's own API tokens. */
import type { Command } from "commander";
import type { ApiToken, PermissionGroup } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { findZone } from "../find.ts";
import { printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type CreateOptions = {
  readonly may: readonly string[];
  readonly zone?: readonly string[];
  readonly from?: readonly string[];
  readonly expires?: string;
};

const ZONE_SCOPE = "com.cloudflare.api.account.zone";

export function addTokenCommands(program: Command, run: Runner): void {
  const token = program.command("token").description("API tokens: secrets for programs, each with what it may");
  token
    .command("create <name>")
    .description("create a token; its secret is printed this once")
    .requiredOption("--may <group...>", 'permission groups such as "DNS Read"; "token groups" lists them')
    .option("--zone <zone...>", "only these zones; all of them when left out")
    .option("--from <range...>", "only from these addresses or ranges")
    .option("--expires <time>", "a time such as 2027-01-01T00:00:00Z")
    .action(run(create));
  token.command("list").description("all tokens, without their secrets").action(run(list));
  token.command("groups").description("what tokens can be allowed").action(run(groups));
  token.command("roll <token>").description("make another secret; the one before stops working").action(run(roll));
  token.command("revoke <token>").description("delete a token: it is good for nothing from now on").action(run(revoke));
}

async function create(context: Context, name: string, options: CreateOptions): Promise<void> {
  const api = context.api();
  const known = await api.call("user.tokens.groups");
  const chosen = options.may.map((text) => pickGroup(known, text));
  const zones = await Promise.all((options.zone ?? []).map((text) => findZone(api, text)));
  const names = zones.length === 0 ? ["*"] : zones.map(({ id }) => id);
  const policies = [...new Set(chosen.map(({ scopes }) => scopes[0]!))].map((scope) => ({
    effect: "allow" as const,
    permission_groups: chosen.filter(({ scopes }) => scopes[0] === scope).map(({ id }) => ({ id })),
    resources: Object.fromEntries((scope === ZONE_SCOPE ? names : ["*"]).map((id) => [`${scope}.${id}`, "*"])),
  }));
  const body = {
    name,
    policies,
    ...(options.from && { condition: { request_ip: { in: [...options.from] } } }),
    ...(options.expires && { expires_on: options.expires }),
  };
  const made = await api.call("user.tokens.create", { body });
  await context.show(made, () => `${made.name} is created. Its secret, shown this once:\n\n  ${made.value}\n`);
}

function pickGroup(known: readonly PermissionGroup[], text: string): PermissionGroup {
  const group = known.find(({ id, name }) => id === text || name.toLowerCase() === text.trim().toLowerCase());
  if (!group)
    throw usage(`There is no permission group ${JSON.stringify(text)}; "countersign token groups" lists them.`);
  return group;
}

async function allTokens(api: ApiClient): Promise<readonly ApiToken[]> {
  return api.call("user.tokens.list", { query: { per_page: 1000, include_expired: true } });
}

async function list(context: Context): Promise<void> {
  const tokens = await allTokens(context.api());
  await context.show(tokens, () => {
    if (tokens.length === 0)
      return 'There are no tokens yet: "countersign token create NAME --may GROUP" creates one.\n';
    const rows = tokens.map((token) => [
      token.name,
      [
        ...new Set(token.policies.flatMap(({ permission_groups }) => permission_groups.map((group) => group.name))),
      ].join(", "),
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

async function groups(context: Context): Promise<void> {
  const known = await context.api().call("user.tokens.groups");
  await context.show(known, () =>
    printTable(
      [{ title: "GROUP", fit: "shorten" }, "FOR", { title: "ID", drop: 1 }],
      known.map(({ name, scopes, id }) => [name, scopes[0]?.split(".").at(-1), id]),
      context.io.out,
    ),
  );
}

async function roll(context: Context, text: string): Promise<void> {
  const api = context.api();
  const token = await findToken(api, text);
  const secret = await api.call("user.tokens.value", { params: { tokenId: token.id }, body: {} });
  await context.show(secret, () => `${token.name} has another secret, shown this once:\n\n  ${secret}\n`);
}

async function revoke(context: Context, text: string): Promise<void> {
  const api = context.api();
  const token = await findToken(api, text);
  const deleted = await api.call("user.tokens.delete", { params: { tokenId: token.id } });
  await context.show(deleted, () => `${token.name} is deleted.\n`);
}

async function findToken(api: ApiClient, text: string): Promise<ApiToken> {
  const tokens = await allTokens(api);
  const byId = tokens.find(({ id }) => id === text);
  if (byId) return byId;
  const [one, another] = tokens.filter(({ name }) => name === text);
  if (another) throw usage(`Several tokens are named ${text}: say which by its id ("countersign token list").`);
  if (!one) throw notFound(`There is no token ${text}; "countersign token list" shows those that there are.`);
  return one;
}

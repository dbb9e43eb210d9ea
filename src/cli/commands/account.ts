/** `account show|set`: the account that everything here is in, in the provider's form. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { findAccount } from "../find.ts";
import { addText } from "../options.ts";
import { clean, printFacts, printMoment } from "../print.ts";

type SetOptions = { readonly enforceDnsOnly?: boolean };

export function addAccountCommands(program: Command, run: Runner): void {
  const account = program.command("account").description("the account: its id for tools, its records, its settings");
  account.command("show").description("id, how many records all zones have, and settings").action(run(show));
  const set = account
    .command("set")
    .description("change the account's settings in the provider's form")
    .option("--enforce-dns-only", "set this mark of the provider's API: here it is kept, and changes nothing")
    .option("--no-enforce-dns-only", "take it away")
    .action(run((context, options: SetOptions) => setAccount(context, options)));
  addText(
    set,
    `
Every record is served as the primary has it, with the mark and without.

  countersign account set --enforce-dns-only`,
  );
}

/** As JSON the account, with settings and count beside it. */
async function show(context: Context): Promise<void> {
  const api = context.api();
  const params = { accountId: await findAccount(api) };
  const [account, settings, usage] = await Promise.all([
    api.call("accounts.get", { params }),
    api.call("dnsSettings.account.get", { params }),
    api.call("recordUsage.account", { params }),
  ]);
  await context.show({ ...account, countersign: { dns_settings: settings, ...usage } }, () => {
    const facts = printFacts([
      ["id", account.id],
      ["made", printMoment(account.created_on)],
      ["records", usage.record_usage],
      ["enforce_dns_only", settings.enforce_dns_only ? "yes" : "no"],
    ]);
    return `${clean(account.name)}\n${facts}`;
  });
}

async function setAccount(context: Context, { enforceDnsOnly }: SetOptions): Promise<void> {
  if (enforceDnsOnly === undefined) throw usage("Nothing to change: give --enforce-dns-only or --no-enforce-dns-only.");
  const api = context.api();
  const params = { accountId: await findAccount(api) };
  const settings = await api.call("dnsSettings.account.edit", { params, body: { enforce_dns_only: enforceDnsOnly } });
  await context.show(settings, () => `enforce_dns_only is ${settings.enforce_dns_only ? "set" : "not set"}.\n`);
}

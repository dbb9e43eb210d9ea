/** `acl add|set|list|remove`. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { findAccount, listAcls, pick } from "../find.ts";
import { printTable } from "../table.ts";

export function addAclCommands(program: Command, run: Runner): void {
  const acl = program
    .command("acl")
    .description("ACLs: ranges from which NOTIFY is accepted and zones are given out, beside the peers' own addresses");
  acl
    .command("add <name> <range>")
    .description("add a range such as 192.0.2.0/28: at most a /24 of IPv4 or a /64 of IPv6")
    .action(run(add));
  acl
    .command("set <acl>")
    .description("give an ACL (name or id) another name or range")
    .option("--name <name>", "its new name")
    .option("--range <range>", "its new range")
    .action(run((context, acl: string, options: SetOptions) => set(context, acl, options)));
  acl.command("list").description("all ACLs").action(run(list));
  acl.command("remove <acl>").description("remove an ACL (name or id)").action(run(remove));
}

async function add(context: Context, name: string, range: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const acl = await api.call("acls.create", { params: { accountId }, body: { name, ip_range: range } });
  await context.show(acl, () => `${acl.name} is added: ${acl.ip_range}.\n`);
}

type SetOptions = { readonly name?: string; readonly range?: string };

async function set(context: Context, text: string, { name, range }: SetOptions): Promise<void> {
  if (name === undefined && range === undefined) throw usage("Nothing to change: give --name or --range.");
  const api = context.api();
  const accountId = await findAccount(api);
  const acl = pick("acl", await listAcls(api, accountId), text);
  const body = { name: name ?? acl.name, ip_range: range ?? acl.ip_range };
  const changed = await api.call("acls.update", { params: { accountId, aclId: acl.id }, body });
  await context.show(changed, () => `${changed.name} is set: ${changed.ip_range}.\n`);
}

async function list(context: Context): Promise<void> {
  const api = context.api();
  const acls = await listAcls(api, await findAccount(api));
  await context.show(acls, () => {
    if (acls.length === 0)
      return 'There are no ACLs: NOTIFY is accepted from peers alone. "countersign acl add NAME RANGE" adds one.\n';
    const rows = acls.map((acl) => [acl.name, acl.ip_range, acl.id]);
    return printTable([{ title: "ACL", fit: "shorten" }, "RANGE", { title: "ID", drop: 1 }], rows, context.io.out);
  });
}

async function remove(context: Context, text: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const acl = pick("acl", await listAcls(api, accountId), text);
  const deleted = await api.call("acls.delete", { params: { accountId, aclId: acl.id } });
  await context.show(deleted, () => `${acl.name} is removed.\n`);
}

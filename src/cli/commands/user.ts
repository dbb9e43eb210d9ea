/** `user add|list|show|set|password|remove`. */
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { type LocalUser, ROLES, type Role } from "#contract";
import type { ApiClient } from "../client.ts";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { clean, printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type AddOptions = {
  readonly role: Role;
  readonly name?: string;
  readonly passwordFile?: string;
  readonly subject?: string;
};
type SetOptions = {
  readonly role?: Role;
  readonly name?: string;
  readonly disable?: true;
  readonly enable?: true;
  readonly subject?: string;
};

export function addUserCommands(program: Command, run: Runner): void {
  const user = program.command("user").description("users of the dashboard: who may sign in, and what each may do");
  user
    .command("add <email>")
    .description("add a user")
    .addOption(new Option("--role <role>", "what the user may").choices(ROLES).default("operator"))
    .option("--name <name>", "shown in lists; the part before the @ when left out")
    .option("--password-file <file>", "file with the password; - is standard input")
    .option("--subject <sub>", "ties the user to somebody at the OpenID provider: the claim sub there")
    .action(run(add));
  user.command("list").description("all users").action(run(list));
  user.command("show <email>").description("one user (e-mail address or id)").action(run(show));
  user
    .command("set <email>")
    .description("change a user")
    .addOption(new Option("--role <role>", "what the user may").choices(ROLES))
    .option("--name <name>", "shown in lists")
    .option("--disable", "may not sign in, and is signed out at once")
    .option("--enable", "may sign in again")
    .option("--subject <sub>", 'ties the user to somebody at the OpenID provider: the claim sub there; "" unties')
    .action(run(set));
  user
    .command("password <email>")
    .description("set a user's password; the user is signed out everywhere")
    .requiredOption("--password-file <file>", "file with the password; - is standard input")
    .action(run(password));
  user.command("remove <email>").description("remove a user, the user's sessions and API tokens").action(run(remove));
}

async function add(context: Context, email: string, { role, name, passwordFile, subject }: AddOptions): Promise<void> {
  const secret = passwordFile === undefined ? undefined : readPassword(passwordFile);
  const body = {
    email,
    role,
    ...(name !== undefined && { name }),
    ...(secret !== undefined && { password: secret }),
    ...(subject !== undefined && { subject }),
  };
  const made = await context.api().call("users.create", { body });
  await context.show(made, () => {
    const next =
      made.has_password || made.has_single_sign_on
        ? ""
        : ` "countersign user password ${made.email} --password-file FILE" gives a password.`;
    return `${made.email} is added as ${made.role}.${next}\n`;
  });
}

async function list(context: Context): Promise<void> {
  const users = await context.api().call("users.list");
  await context.show(users, () => {
    if (users.length === 0) return 'There are no users yet: "countersign user add EMAIL" adds one.\n';
    const rows = users.map((user) => [
      user.email,
      user.name,
      user.role,
      waysOf(user),
      stateOf(user),
      printMoment(user.signed_in_on),
    ]);
    return printTable(
      [
        { title: "EMAIL", fit: "shorten" },
        { title: "NAME", drop: 3, fit: "shorten", least: 16 },
        "ROLE",
        { title: "SIGNS IN BY", drop: 2 },
        "STATE",
        { title: "LAST SIGN-IN", drop: 1 },
      ],
      rows,
      context.io.out,
    );
  });
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const { id } = await findUser(api, text);
  const user = await api.call("users.get", { params: { userId: id } });
  await context.show(user, () => {
    const facts = printFacts([
      ["id", user.id],
      ["name", user.name],
      ["role", user.role],
      ["state", stateOf(user)],
      ["signs in by", waysOf(user)],
      ["subject", user.subject],
      ["added", printMoment(user.created_on)],
      ["last sign-in", printMoment(user.signed_in_on) ?? "never"],
    ]);
    return `${clean(user.email)}\n${facts}`;
  });
}

function waysOf({ has_password, has_single_sign_on }: LocalUser): string {
  const ways = [...(has_password ? ["password"] : []), ...(has_single_sign_on ? ["single sign-on"] : [])];
  return ways.join(", ") || "-";
}

function stateOf(user: LocalUser): string {
  if (user.disabled) return "disabled";
  return user.has_password || user.has_single_sign_on ? "active" : "no password";
}

async function set(
  context: Context,
  email: string,
  { role, name, disable, enable, subject }: SetOptions,
): Promise<void> {
  if (disable && enable) throw usage("Give one of --disable and --enable.");
  const disabled = disable ? true : enable ? false : undefined;
  const edit = {
    ...(role && { role }),
    ...(name !== undefined && { name }),
    ...(disabled !== undefined && { disabled }),
    ...(subject !== undefined && { subject: subject === "" ? null : subject }),
  };
  if (Object.keys(edit).length === 0)
    throw usage("Say what to change: --role, --name, --subject, --disable or --enable.");
  const api = context.api();
  const { id } = await findUser(api, email);
  const changed = await api.call("users.edit", { params: { userId: id }, body: edit });
  await context.show(changed, () => `${changed.email} is ${changed.role}, ${stateOf(changed)}.\n`);
}

async function password(context: Context, email: string, options: { readonly passwordFile: string }): Promise<void> {
  const secret = readPassword(options.passwordFile);
  const api = context.api();
  const { id } = await findUser(api, email);
  const changed = await api.call("users.password", { params: { userId: id }, body: { password: secret } });
  await context.show(changed, () => `${changed.email} has another password, and is signed out everywhere.\n`);
}

async function remove(context: Context, email: string): Promise<void> {
  const api = context.api();
  const user = await findUser(api, email);
  const deleted = await api.call("users.delete", { params: { userId: user.id } });
  await context.show(deleted, () => `${user.email} is removed.\n`);
}

async function findUser(api: ApiClient, text: string): Promise<LocalUser> {
  const users = await api.call("users.list");
  const user = users.find(({ id, email }) => id === text || email === text.trim().toLowerCase());
  if (!user) throw notFound(`There is no user ${text}; "countersign user list" shows those that there are.`);
  return user;
}

/** Without the newline that editors put at the end of a file. */
function readPassword(file: string): string {
  try {
    const text = readFileSync(file === "-" ? 0 : file, "utf8").replace(/\r?\n$/, "");
    if (text === "") throw usage(`${file} is empty; it should hold the password.`);
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usage(`${file} can't be read (${code}).`);
  }
}

/** `tsig add|set|list|show|remove`. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { findTsigAlgorithm, TSIG_ALGORITHMS, type TsigAlgorithm } from "#contract";
import { printPrimaryLines } from "#guide";
import { readName } from "#name";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { findAccount, listPeers, listTsigs, pick } from "../find.ts";
import { addText } from "../options.ts";
import { printFacts } from "../print.ts";
import { printTable } from "../table.ts";

type AddOptions = { readonly algorithm: string; readonly secret?: string; readonly secretFile?: string };

/** RFC 2104 section 3: a key as long as the digest is right; RFC 8945 section 8 wants at least that. */
const SECRET_OCTETS: Readonly<Record<TsigAlgorithm, number>> = {
  "hmac-sha1": 20,
  "hmac-sha224": 28,
  "hmac-sha256": 32,
  "hmac-sha384": 48,
  "hmac-sha512": 64,
};

export function addTsigCommands(program: Command, run: Runner): void {
  const tsig = program.command("tsig").description("TSIGs: shared secrets that protect transfers and NOTIFY");
  const add = tsig
    .command("add <name>")
    .description("add a TSIG; without a secret one is made, and the lines for the primary are printed")
    .addOption(new Option("--algorithm <algorithm>", TSIG_ALGORITHMS.join(", ")).default("hmac-sha256"))
    .option("--secret <base64>", "the secret (command lines can be read by everybody on this machine)")
    .option("--secret-file <file>", "file with the secret in base64; - is standard input")
    .action(run((context, name: string, options: AddOptions) => addTsig(context, name, options)));
  addText(
    add,
    "\n  countersign tsig add transfer.example.com\n  countersign tsig add old.example.com --secret-file secret.txt",
  );
  tsig
    .command("set <tsig>")
    .description("change a TSIG (name or id) in place: its primaries must change with it")
    .option("--name <name>", "its new name")
    .addOption(new Option("--algorithm <algorithm>", TSIG_ALGORITHMS.join(", ")))
    .option("--secret-file <file>", "file with the new secret in base64; - is standard input")
    .option("--new-secret", "make a new secret")
    .action(run((context, tsig: string, options: SetOptions) => setTsig(context, tsig, options)));
  tsig.command("list").description("all TSIGs, without their secrets").action(run(list));
  tsig
    .command("show <tsig>")
    .description("one TSIG (name or id) with its secret and the lines for the primary")
    .action(run(show));
  tsig.command("remove <tsig>").description("remove a TSIG that no peer uses").action(run(remove));
}

/** Throws CliFailure (usage). */
function getAlgorithm(text: string): TsigAlgorithm {
  const algorithm = findTsigAlgorithm(text);
  if (algorithm) return algorithm;
  throw usage(
    `TSIG algorithm ${JSON.stringify(text)} is not supported; use one of ${TSIG_ALGORITHMS.join(", ")}. hmac-md5 is refused on purpose.`,
  );
}

function checkName(name: string): void {
  if (readName(name).ok) return;
  throw usage(`${JSON.stringify(name)} is no domain name; TSIGs have names such as transfer.example.com.`);
}

const makeSecret = (algorithm: TsigAlgorithm): string => randomBytes(SECRET_OCTETS[algorithm]).toString("base64");

async function addTsig(context: Context, name: string, options: AddOptions): Promise<void> {
  const algorithm = getAlgorithm(options.algorithm);
  checkName(name);
  const given = readSecret(options);
  const secret = given ?? makeSecret(algorithm);
  const api = context.api();
  const accountId = await findAccount(api);
  const tsig = await api.call("tsigs.create", { params: { accountId }, body: { name, algo: algorithm, secret } });
  await context.show(tsig, () => {
    const made = given === undefined ? " with a new secret" : "";
    return `${tsig.name} is added${made}; "countersign peer add NAME ADDRESS --tsig ${tsig.name}" uses it.\n\n${printPrimaryLines({ name, algorithm, secret })}`;
  });
}

type SetOptions = {
  readonly name?: string;
  readonly algorithm?: string;
  readonly secretFile?: string;
  readonly newSecret?: boolean;
};

async function setTsig(context: Context, text: string, options: SetOptions): Promise<void> {
  const { name, newSecret, secretFile } = options;
  if ([name, options.algorithm, secretFile, newSecret].every((each) => each === undefined)) {
    throw usage("Nothing to change: give --name, --algorithm, --secret-file or --new-secret.");
  }
  if (newSecret && secretFile !== undefined) throw usage("Give one of --new-secret and --secret-file.");
  if (name !== undefined) checkName(name);
  const wanted = options.algorithm === undefined ? undefined : getAlgorithm(options.algorithm);
  const given = readSecret({ secretFile });
  const api = context.api();
  const accountId = await findAccount(api);
  const before = pick("tsig", await listTsigs(api, accountId), text);
  const algorithm = wanted ?? getAlgorithm(before.algo);
  const secret = newSecret ? makeSecret(algorithm) : (given ?? before.secret);
  const body = { name: name ?? before.name, algo: algorithm, secret };
  const changed = await api.call("tsigs.update", { params: { accountId, tsigId: before.id }, body });
  await context.show(
    changed,
    () =>
      `${changed.name} is set; its primaries and secondaries need the same.\n\n${printPrimaryLines({ name: changed.name, algorithm, secret })}`,
  );
}

function readSecret({ secret, secretFile }: Pick<AddOptions, "secret" | "secretFile">): string | undefined {
  if (secret !== undefined && secretFile !== undefined) throw usage("Give one of --secret and --secret-file.");
  if (secretFile === undefined) return secret;
  try {
    const text = readFileSync(secretFile === "-" ? 0 : secretFile, "utf8").trim();
    if (text === "") throw usage(`${secretFile} is empty; it should hold the secret in base64.`);
    return text;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw usage(`${secretFile} can't be read (${code}).`);
  }
}

async function list(context: Context): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const [tsigs, peers] = await Promise.all([listTsigs(api, accountId), listPeers(api, accountId)]);
  await context.show(tsigs, () => {
    if (tsigs.length === 0) return 'There are no TSIGs yet: "countersign tsig add NAME" adds one.\n';
    const rows = tsigs.map((tsig) => {
      const users = peers.filter((peer) => peer.tsig_id === tsig.id).map((peer) => peer.name);
      return [tsig.name, tsig.algo, users.join(", "), tsig.id];
    });
    return printTable(
      [
        { title: "TSIG", fit: "shorten" },
        "ALGORITHM",
        { title: "PEERS", fit: "wrap", least: 21 },
        { title: "ID", drop: 1 },
      ],
      rows,
      context.io.out,
    );
  });
}

async function show(context: Context, text: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const [tsigs, peers] = await Promise.all([listTsigs(api, accountId), listPeers(api, accountId)]);
  const tsig = pick("tsig", tsigs, text);
  await context.show(tsig, () => {
    const users = peers.filter((peer) => peer.tsig_id === tsig.id).map((peer) => peer.name);
    const facts = printFacts([
      ["id", tsig.id],
      ["algorithm", tsig.algo],
      ["secret", tsig.secret],
      ["peers", users.join(", ") || "none"],
    ]);
    const { name, algo: algorithm, secret } = tsig;
    return `${name}\n${facts}\n${printPrimaryLines({ name, algorithm, secret })}`;
  });
}

async function remove(context: Context, text: string): Promise<void> {
  const api = context.api();
  const accountId = await findAccount(api);
  const tsig = pick("tsig", await listTsigs(api, accountId), text);
  const deleted = await api.call("tsigs.delete", { params: { accountId, tsigId: tsig.id } });
  await context.show(deleted, () => `${tsig.name} is removed.\n`);
}

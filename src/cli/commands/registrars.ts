/** `dnssec registrars`: which fields the forms of registrars have, and where they are explained. */
import type { Command } from "commander";
import { FORM_WORDS, findRegistrar, REGISTRARS, type Registrar } from "#contract";
import type { Context, Runner } from "../context.ts";
import { usage } from "../exit.ts";
import { printFacts } from "../print.ts";
import { printTable } from "../table.ts";

/** After `addDnssecCommands`: this is a command of `dnssec`. */
export function addRegistrarCommand(program: Command, run: Runner): void {
  const dnssec = program.commands.find((command) => command.name() === "dnssec");
  if (!dnssec) throw new Error("there is no command dnssec");
  dnssec
    .command("registrars [name]")
    .description("which fields the DNSSEC form of a registrar has, and its own page about it")
    .action(run(show));
}

async function show(context: Context, name: string | undefined): Promise<void> {
  if (name === undefined) {
    const row = ({ id, name: title, form, verified }: Registrar) => [id, title, FORM_WORDS[form], word(verified)];
    await context.show(REGISTRARS, () =>
      printTable(
        [
          "ID",
          { title: "REGISTRAR", fit: "shorten" },
          { title: "ASKS FOR", fit: "wrap", least: 20 },
          { title: "FIELDS", fit: "wrap", least: 12 },
        ],
        REGISTRARS.map(row),
        context.io.out,
      ),
    );
    return;
  }
  const found = findRegistrar(name);
  if (!found) throw usage(`There is no registrar ${name} in the list: "countersign dnssec registrars" shows it.`);
  await context.show(found, () => {
    const { form, verified, note, link } = found;
    const facts = printFacts([
      ["asks for", FORM_WORDS[form]],
      ["fields", word(verified)],
      ["note", note],
      ["its page", link],
    ]);
    return `${found.name}\n${facts}`;
  });
}

function word(verified: boolean): string {
  return verified ? "verified" : "not verified";
}

/** `multi-signer ZONE`: the set-up of several signers as steps, each as it was really seen. */
import type { Command } from "commander";
import type { MultiSigner } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import type { Sink } from "../io.ts";
import { clean, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type Options = { readonly leave?: "we" | "partner" };

export function addMultiSignerCommand(program: Command, run: Runner): void {
  program
    .command("multi-signer <zone>")
    .description("several signers (RFC 8901): the steps of joining, what is seen of each, and the wait still owed")
    .option("--leave <who>", 'the steps of leaving instead: "we" or "partner"')
    .action(run(show));
}

type Step = MultiSigner["joining"][number] | MultiSigner["leaving"]["we"][number];

const MARKS: Readonly<Record<Step["state"], string>> = {
  done: "[x]",
  todo: "[ ]",
  waiting: "[~]",
  later: " . ",
  unknown: "[?]",
};

async function show(context: Context, text: string, options: Options): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const guide = await api.call("own.multiSigner", { params: { zoneId: zone.id } });
  await context.show(guide, () => describe(guide, options.leave, context.io.out));
}

function describe(guide: MultiSigner, leave: Options["leave"], sink: Sink): string {
  const steps = leave === "partner" ? guide.leaving.partner : leave === "we" ? guide.leaving.we : guide.joining;
  const parts = [`${clean(guide.name)}\n`, ...steps.map(stepText)];
  parts.push(
    "\nkeys\n",
    printTable(
      ["WHOSE", "ROLE", "TAG", "SERVED HERE", "IN THE TRANSFER", { title: "DNSKEY", fit: "below" }],
      guide.keys.map((key) => [
        key.whose,
        key.role,
        key.key_tag,
        yes(key.served),
        yes(key.transferred),
        key.line.replace(/^.* DNSKEY /, ""),
      ]),
      sink,
    ),
    "\nDS\n",
    printTable(
      ["WHOSE", "TAG", "AT THE PARENT", { title: "DS", fit: "below" }],
      guide.ds.map((ds) => [ds.whose, ds.key_tag, yes(ds.at_parent), ds.line]),
      sink,
    ),
  );
  for (const line of guide.strange_ds) parts.push(`  at the parent, of no key that is known: ${clean(line)}\n`);
  parts.push(
    "\nname servers\n",
    printTable(
      [{ title: "NAME", fit: "shorten" }, "WHOSE", "IN THE ZONE", "AT THE PARENT"],
      guide.name_servers.map((each) => [each.name, each.whose, yes(each.in_zone), yes(each.at_parent)]),
      sink,
    ),
  );
  const { checked_time: checked, error } = guide.parent;
  parts.push(`parent asked ${printMoment(checked) ?? "not yet"}${error ? `: ${clean(error.message)}` : ""}\n`);
  return parts.join("");
}

function stepText(step: Step): string {
  const until = step.state === "waiting" && step.wait?.until ? ` until ${printMoment(step.wait.until)}` : "";
  const head = `${MARKS[step.state]} ${step.title}${until}\n`;
  return step.state === "later" ? head : `${head}    ${clean(step.detail)}\n`;
}

function yes(seen: boolean | null): string {
  return seen === null ? "?" : seen ? "yes" : "no";
}

/** `explain`: why an answer is what it is. */
import { type Command, Option } from "commander";
import type { Explanation } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { bold, clean, printFacts, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

type ExplainOptions = { readonly dnssec: boolean; readonly transport: "udp" | "tcp" };

export function addExplainCommand(program: Command, run: Runner): void {
  program
    .command("explain <zone> [name] [type]")
    .description(
      "why an answer is what it is: RRset, step, proof, key and cache (name: www is www in the zone, @ the zone itself; a final dot makes a name whole)",
    )
    .option("--no-dnssec", "as for a client that does not ask for DNSSEC records")
    .addOption(new Option("--transport <transport>", "as over").choices(["udp", "tcp"]).default("udp"))
    .action(
      run((context, zone: string, name: string | undefined, type: string | undefined, options: ExplainOptions) =>
        explain(context, zone, name ?? "@", type ?? "A", options),
      ),
    );
}

async function explain(
  context: Context,
  text: string,
  name: string,
  type: string,
  { dnssec, transport }: ExplainOptions,
): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const query = { name, type, do: String(dnssec), transport };
  const explanation = await api.call("insight.explain", { params: { zoneId: zone.id }, query });
  await context.show(explanation, () => describe(explanation, context));
}

function describe(explanation: Explanation, context: Context): string {
  const { zone, records, steps, proofs } = explanation;
  const facts = printFacts([
    ["RCODE", `${explanation.rcode} (${explanation.flags.join(" ")}), ${explanation.octets} octets`],
    ["extended error", explanation.extended_errors.map(({ code, name }) => `${name} (${code})`).join(", ")],
    ["zone", zone && `${zone.name}, ${zone.state}, ${zone.mode}, denial ${zone.denial}`],
    [
      "serial",
      zone && `${zone.serial ?? "none"} served, ${zone.stored_serial ?? "none"} stored, generation ${zone.generation}`,
    ],
    ["transferred", zone && printMoment(zone.transferred_time)],
  ]);
  const head = (title: string) => `${bold(title, context.io.out)}\n`;
  const walked = steps.map(({ sentence }, i) => `  ${i + 1}. ${clean(sentence)}\n`).join("");
  const shown = records.map((record) => [
    record.section,
    record.name,
    String(record.ttl),
    record.type,
    record.signature ? signatureText(record.signature) : record.data.slice(0, MAX_DATA),
    record.why,
  ]);
  const proven = proofs.flatMap(({ name, type, proves }) =>
    proves.map(({ sentence }) => `  ${clean(name)} ${type}: ${clean(sentence)}\n`),
  );
  return [
    `${clean(explanation.summary)}.\n${facts}`,
    walked && head("steps") + walked,
    shown.length > 0
      ? head("records") +
        printTable(
          [
            "SECTION",
            { title: "NAME", fit: "shorten" },
            { title: "TTL", drop: 1 },
            "TYPE",
            { title: "DATA", fit: "wrap" },
            { title: "WHY", fit: "below" },
          ],
          shown,
          context.io.out,
        )
      : "",
    proven.length > 0 ? head("proof") + proven.join("") : "",
  ].join("");
}

/** Columns of data that are shown; --json has all. */
const MAX_DATA = 60;

function signatureText(signature: NonNullable<Explanation["records"][number]["signature"]>): string {
  const { covers, key_tag: tag, role, ours, expiration_time: ends, in_window: holds } = signature;
  const whose = role === "unknown" ? "no published key" : `${ours ? "our" : "another\u2019s"} ${role.toUpperCase()}`;
  return `${covers} by ${tag} (${whose}), ${holds ? "until" : "not in force: until"} ${printMoment(ends)}`;
}

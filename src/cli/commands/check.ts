/** `check`: the chain of trust, looked at now. */
import type { Command } from "commander";
import type { SelfCheck } from "#contract";
import type { Context, Runner } from "../context.ts";
import { findZone } from "../find.ts";
import { clean } from "../print.ts";

const SIGN: Readonly<Record<SelfCheck["findings"][number]["severity"], string>> = {
  ok: "ok     ",
  info: "note   ",
  warning: "WARNING",
  error: "ERROR  ",
};

export function addCheckCommand(program: Command, run: Runner): void {
  program
    .command("check <zone>")
    .description("the chain of trust from outside: DS at the parent, keys, signatures, delegation; what to do")
    .option("--last", "the last check, without asking anybody")
    .option("--svg", "print the picture of it (SVG)")
    .action(run((context, zone: string, options: { last?: boolean; svg?: boolean }) => check(context, zone, options)));
}

async function check(context: Context, text: string, options: { last?: boolean; svg?: boolean }): Promise<void> {
  const api = context.api();
  const zone = await findZone(api, text);
  const params = { zoneId: zone.id };
  const checked = await api.call(options.last ? "insight.check" : "insight.checkNow", { params });
  if (options.svg) {
    let picture = "";
    for await (const piece of api.text("insight.chainSvg", { params })) picture += piece;
    return context.show(picture, () => picture);
  }
  await context.show(checked, () => describe(checked));
}

function describe({ summary, state, mode, findings }: SelfCheck): string {
  const lines = findings.map(({ severity, sentence, advice, code }) => {
    const todo = advice === "" ? "" : `\n           ${clean(advice)}`;
    return `  ${SIGN[severity]}  ${clean(sentence)} (${code})${todo}\n`;
  });
  return `${clean(summary)}.\n  ${state}, ${mode}\n${lines.join("")}`;
}

/** `whoami`: whose token this is, and what it may. */
import type { Command } from "commander";
import type { Context, Runner } from "../context.ts";
import { clean, printFacts } from "../print.ts";

export function addWhoAmICommand(program: Command, run: Runner): void {
  program.command("whoami").description("whose token this is, and what it may").action(run(whoAmI));
}

async function whoAmI(context: Context): Promise<void> {
  const api = context.api();
  const who = await api.call("session.whoami");
  await context.show(who, () => {
    const { role, permission_groups: groups, email, name, is_operator: operator } = who;
    const whose = operator ? "the operator's own token" : `a token of ${name ?? email ?? "nobody"}`;
    const facts = printFacts([
      ["server", api.url],
      ["user", email],
      ["role", role],
      ["may", groups === null ? `whatever its role may` : groups.join(", ") || "nothing"],
    ]);
    return `${clean(whose)}\n${facts}`;
  });
}

/** `session list|end`: where one is signed in at the dashboard, and an end to it. */
import type { Command } from "commander";
import type { OwnSession } from "#contract";
import type { Context, Runner } from "../context.ts";
import { notFound, usage } from "../exit.ts";
import { addText } from "../options.ts";
import { printCount, printMoment } from "../print.ts";
import { printTable } from "../table.ts";

export function addSessionCommands(program: Command, run: Runner): void {
  const session = program.command("session").description("sessions at the dashboard of whoever this token belongs to");
  session.command("list").description("where one is signed in, and until when").action(run(list));
  const end = session
    .command("end [session]")
    .description("end a session (its id, or the beginning of it), or all of them")
    .option("--all", "every session but the one that asks: what asks by a token has none")
    .action(run((context, id: string | undefined, options: { all?: boolean }) => endSessions(context, id, options)));
  addText(
    end,
    `
After a password that somebody else may know: "countersign user password" ends
all sessions of a user by itself.

  countersign session end 4f2a
  countersign session end --all`,
  );
}

async function list(context: Context): Promise<void> {
  const sessions = await context.api().call("sessions.list");
  await context.show(sessions, () => {
    if (sessions.length === 0) return "There are none: nobody is signed in at the dashboard in this name.\n";
    const rows = sessions.map((each) => [
      each.id,
      each.address,
      each.way,
      printMoment(each.used_on),
      printMoment(each.expires_on),
      each.agent,
    ]);
    return printTable(
      [
        { title: "SESSION", fit: "shorten", least: 12 },
        { title: "FROM", fit: "shorten", least: 15 },
        { title: "BY", drop: 2 },
        "LAST USED",
        { title: "ENDS", drop: 1 },
        { title: "BROWSER", fit: "below" },
      ],
      rows,
      context.io.out,
    );
  });
}

async function endSessions(context: Context, text: string | undefined, { all }: { all?: boolean }): Promise<void> {
  if ((text === undefined) !== (all === true)) throw usage("Name one session, or say --all.");
  const api = context.api();
  const sessions = await api.call("sessions.list");
  const chosen = text === undefined ? sessions.filter(({ current }) => !current) : [pickSession(sessions, text)];
  const ended = [];
  for (const { id } of chosen) ended.push(await api.call("sessions.delete", { params: { sessionId: id } }));
  await context.show(ended, () =>
    ended.length === 0 ? "There were none to end.\n" : `${printCount(ended.length, "session")} ended.\n`,
  );
}

function pickSession(sessions: readonly OwnSession[], text: string): OwnSession {
  const [one, another] = sessions.filter(({ id }) => id.startsWith(text.toLowerCase()));
  if (text === "" || another) throw usage(`Several sessions begin with ${JSON.stringify(text)}: give more of the id.`);
  if (!one) throw notFound(`There is no session ${text}; "countersign session list" shows those that there are.`);
  return one;
}

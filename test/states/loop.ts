/** Somebody who never stops asking: each question over and over, what came kept as a history. */
import { setTimeout as sleep } from "node:timers/promises";
import { decodeReply, type Reply } from "../differential/decode.ts";
import { type Question, queryUdp, type Server } from "../peers/index.ts";

const PAUSE_MILLISECONDS = 15;

export type Heard = { readonly label: string; readonly question: Question; readonly reply: Reply | undefined };

export type QueryLoop = {
  /** How many answers so far. */
  count(): number;
  /** What was not as `check` wants it, as sentences; a question without an answer is one. */
  readonly wrong: readonly string[];
  /** Resolves when each question was asked from now on and answered. */
  round(): Promise<void>;
  stop(): Promise<void>;
};

/**
 * @param label what is going on now, for the sentences
 * @param check undefined when the answer is all right, else what is wrong with it
 */
export function startQueryLoop(
  server: Server,
  questions: readonly Question[],
  label: () => string,
  check: (heard: Heard & { readonly reply: Reply }) => string | undefined,
): QueryLoop {
  let asking = true;
  let answers = 0;
  let rounds = 0;
  const wrong: string[] = [];
  const work = (async () => {
    while (asking) {
      for (const question of questions) {
        const before = label();
        const octets = await queryUdp(server, question).catch(() => undefined);
        const reply = octets && decodeReply(octets);
        const fault = reply ? check({ label: before, question, reply }) : "no answer";
        if (fault !== undefined) wrong.push(`${before}: ${question.name} ${question.type}: ${fault}`);
        answers++;
      }
      rounds++;
      await sleep(PAUSE_MILLISECONDS);
    }
  })();
  return {
    count: () => answers,
    wrong,
    round: async () => {
      // The one that is under way began before the call.
      for (const from = rounds; rounds < from + 2; ) await sleep(PAUSE_MILLISECONDS);
    },
    stop: async () => {
      asking = false;
      await work;
    },
  };
}

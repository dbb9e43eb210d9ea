/** The command line in this process: words in, exit code and both outputs out. */
import { type CliIo, runCli, type Sink } from "#cli";
import type { Countersign } from "../peers/countersign.ts";
import { TEST_TOKEN } from "../peers/countersign.ts";

export type Ran = { readonly code: number; readonly out: string; readonly err: string };

/** `columns`: standard output is a terminal of this width; a pipe without. */
export async function countersign(words: readonly string[], env: CliIo["env"] = {}, columns?: number): Promise<Ran> {
  const written = { out: "", err: "" };
  const sink = (name: "out" | "err"): Sink => ({
    terminal: false,
    columns,
    write: async (text) => {
      written[name] += text;
    },
  });
  const code = await runCli(words, { out: sink("out"), err: sink("err"), env });
  return { code, ...written };
}

/** Against a server; a failure that was not expected shows what was said. */
export function commandLineOf(product: Countersign) {
  const env = { COUNTERSIGN_URL: product.url, COUNTERSIGN_TOKEN: TEST_TOKEN };
  const run = (...words: readonly string[]) => countersign(words, env);
  return {
    run,
    /** Standard output of a command that has to succeed. */
    async ok(...words: readonly string[]): Promise<string> {
      const { code, out, err } = await run(...words);
      if (code !== 0) throw new Error(`countersign ${words.join(" ")}: exit ${code}: ${err}`);
      return out;
    },
    async json<T>(...words: readonly string[]): Promise<T> {
      return JSON.parse(await this.ok(...words, "--json")) as T;
    },
  };
}

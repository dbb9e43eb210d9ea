/** What `--help` lists: every command of the program, found as a person finds them. */
import { countersign } from "./command-line.ts";

export type Verb = {
  /** `zone add`. */
  readonly words: string;
  readonly help: string;
};

/** No command lies deeper: `alert destination add`. */
const DEEPEST = 4;

/** Commands that do something, and with `nouns` those that only lead to them. */
export async function listVerbs(path: readonly string[] = []): Promise<{ verbs: Verb[]; nouns: Verb[] }> {
  if (path.length > DEEPEST) throw new Error(`${path.join(" ")} lies too deep`);
  const { out: help } = await countersign([...path, "--help"]);
  const found: { verbs: Verb[]; nouns: Verb[] } = { verbs: [], nouns: [] };
  const part = /^Commands:\n((?: .*\n)+)/m.exec(help)?.[1];
  if (part === undefined) return { verbs: [{ words: path.join(" "), help }], nouns: [] };
  found.nouns.push({ words: path.join(" "), help });
  for (const [, word] of part.matchAll(/^ {2}([a-z-]+)/gm)) {
    if (word === "help") continue;
    const below = await listVerbs([...path, word!]);
    found.verbs.push(...below.verbs);
    found.nouns.push(...below.nouns);
  }
  return found;
}

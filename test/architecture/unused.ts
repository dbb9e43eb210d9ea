/** What is exported and named nowhere else: code that nobody runs, and types that nobody needs. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../root.ts";

/** Everything that may use a part of the product or of its tests. */
const FOLDERS = ["src", "web/src", "web/build", "test", "bench", "demo", "tools"];

/** A door hands on what it names: that is no use of it. */
const REEXPORT = /^export (?:type )?\{[^}]*\} from "[^"]*";/gm;
const EXPORTED = /^export (?:async )?(?:const|function\*?|class|type|interface) (\w+)/gm;

/** Path and text of each file. */
export function readTexts(): ReadonlyMap<string, string> {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
  );
  const code = [...paths.filter((path) => /\.(tsx?|mjs)$/.test(path)), "web/vite.config.ts"];
  return new Map(code.map((path) => [path, readFileSync(join(ROOT, path), "utf8")]));
}

/** By words alone: a name that stands somewhere else for another thing counts as used. */
export function findUnused(texts: ReadonlyMap<string, string>): string[] {
  const counts = new Map<string, number>();
  for (const text of texts.values()) {
    for (const [word] of text.replace(REEXPORT, "").matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...texts].flatMap(([path, text]) =>
    [...text.matchAll(EXPORTED)]
      .filter(([, name]) => counts.get(name!) === 1)
      .map(([, name]) => `${path}: ${name} is exported, and nobody uses it`),
  );
}

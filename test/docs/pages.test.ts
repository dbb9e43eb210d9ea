/** The pages say what the code does: tables made from it are up to date, links lead somewhere, commands exist. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli, type Sink } from "#cli";
import { OPTION_NAMES, variableOf } from "#config";
import { HOOK_VARIABLES } from "#control";
import { makePages } from "../../tools/pages.ts";
import { ROOT } from "../root.ts";

const pages = [
  ...readdirSync(ROOT).filter((name) => name.endsWith(".md")),
  ...(readdirSync(join(ROOT, "docs"), { recursive: true }) as string[])
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const read = (page: string): string => readFileSync(join(ROOT, page), "utf8");

test.each([...makePages()])("%s is what node tools/pages.ts makes of the code", (path, text) => {
  expect(read(path)).toBe(text);
});

describe.each(pages)("%s", (page) => {
  test("has no dead links within the project", () => {
    const dead: string[] = [];
    for (const [, target] of read(page).matchAll(/\]\(([^)]+)\)/g)) {
      if (/^[a-z]+:/.test(target!)) continue;
      const [path, anchor] = target!.split("#");
      const file = path === "" ? page : normalize(join(dirname(page), path!));
      const found = existsSync(join(ROOT, file));
      if (!found || (anchor && file.endsWith(".md") && !anchorsOf(file).includes(anchor))) dead.push(target!);
    }
    expect(dead).toEqual([]);
  });

  test("names only environment variables that exist", () => {
    const known = new Set([...OPTION_NAMES.map(variableOf), "COUNTERSIGN_URL", "COUNTERSIGN_CA"]);
    // What the runner of the tests looks at, and what the operator's hook is told.
    const others = new Set<string>(["COUNTERSIGN_TEST_INSTALL", ...HOOK_VARIABLES]);
    const named = [...read(page).matchAll(/\bCOUNTERSIGN_[A-Z_]+\b/g)].map(([name]) => name);
    expect(named.filter((name) => !known.has(name) && !others.has(name))).toEqual([]);
  });

  test("names only commands that exist", async () => {
    const unknown: string[] = [];
    for (const command of commandsOf(read(page))) if (!(await commandExists(command))) unknown.push(command);
    expect(unknown).toEqual([]);
  });
});

test("docs/glossary.md: what words are called in the code is in the code", () => {
  const sources = (readdirSync(join(ROOT, "src"), { recursive: true }) as string[]).filter((path) =>
    path.endsWith(".ts"),
  );
  const code = sources.map((path) => read(join("src", path))).join("\n");
  const named = [...read("docs/glossary.md").matchAll(/\| ([^|]*) \|$/gm)].flatMap(([, cell]) =>
    [...cell!.matchAll(/`([\w.]+)`/g)].map(([, identifier]) => identifier!),
  );
  expect(named.length).toBeGreaterThan(15);
  const words = (identifier: string): string[] => identifier.split(".");
  const isThere = (word: string): boolean => new RegExp(`\\b${word}\\b`).test(code);
  expect(named.filter((identifier) => !words(identifier).every(isThere))).toEqual([]);
});

/** GitHub's anchors of a page's headings. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, "")
      .replaceAll(" ", "-"),
  );
}

/** `countersign zone add …` → `zone add`; serve is tried in readme.test.ts. */
function commandsOf(text: string): Set<string> {
  const found = [...text.matchAll(/(?:^|[`( ]|bin\/)countersign ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+))?/gm)];
  const nouns = new Set(["zone", "dnssec", "transfer", "peer", "tsig", "acl", "image"]);
  return new Set(
    found
      .filter(([, noun]) => noun !== "serve")
      .map(([, noun, verb]) => (nouns.has(noun!) ? `${noun} ${verb ?? ""}`.trim() : noun!)),
  );
}

/** `--help` of an unknown verb shows the noun's own help: only the right one begins with the command's usage. */
async function commandExists(command: string): Promise<boolean> {
  let said = "";
  const sink: Sink = {
    terminal: false,
    write: async (text) => {
      said += text;
    },
  };
  const code = await runCli([...command.split(" "), "--help"], { out: sink, err: sink, env: {} });
  return code === 0 && said.startsWith(`Usage: countersign ${command} `);
}

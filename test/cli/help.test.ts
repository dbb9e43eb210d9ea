/** `--help` is the manual: every command has one, and the README's table of exit codes is the code's. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ExitCode } from "#cli";
import { ROOT } from "../root.ts";
import { countersign } from "./command-line.ts";
import { listVerbs } from "./verbs.ts";

const { verbs, nouns } = await listVerbs();

test("there are commands", () => {
  expect(verbs.length).toBeGreaterThan(80);
  expect(nouns.map(({ words }) => words)).toContain("alert destination");
});

test.each(verbs)("$words --help", async ({ words, help }) => {
  expect(help).toMatch(new RegExp(`^Usage: countersign ${words} `));
  expect(help).toContain("--json");
});

test.each([...nouns, ...verbs])("$words --help fits a terminal of 80 columns", ({ help }) => {
  expect(help.split("\n").filter((line) => [...line].length > 80)).toEqual([]);
});

test("the first page names every noun, the server, where the token is looked for, and the exit codes", async () => {
  const { code, out } = await countersign(["--help"]);
  expect(code).toBe(0);
  for (const noun of new Set(verbs.map(({ words }) => words.split(" ")[0]!)))
    expect(out).toMatch(new RegExp(`^  ${noun} `, "m"));
  for (const word of ["countersign serve", "COUNTERSIGN_URL", "COUNTERSIGN_TOKEN", "COUNTERSIGN_DATA", "Exit codes"]) {
    expect(out).toContain(word);
  }
});

test("without words: the same page, and wrong usage", async () => {
  const { code, out } = await countersign([]);
  expect(code).toBe(ExitCode.Usage);
  expect(out).toBe((await countersign(["--help"])).out);
});

test("--version is the package's", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(await countersign(["--version"])).toEqual({ code: 0, out: `${version}\n`, err: "" });
});

test("the README documents every exit code, and no other", () => {
  const readme = readFileSync(join(ROOT, "src", "cli", "README.md"), "utf8");
  const documented = [...readme.matchAll(/^\| (\d) +\|/gm)].map((match) => Number(match[1]));
  expect(documented).toEqual(Object.values(ExitCode));
});

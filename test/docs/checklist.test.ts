/** docs/checklist.md and the suites hold each other: every row has tests, and every test that it names is there. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "../root.ts";

const ROWS = 51;

type Row = {
  readonly row: number;
  readonly asks: string;
  readonly tests: readonly { readonly file: string; readonly name: string }[];
};

const rows: readonly Row[] = readFileSync(join(ROOT, "docs", "checklist.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, row, asks, shown] = /^\| (\d+) \| (.+) \| (.+) \|$/.exec(line) ?? [];
    if (!row || !asks || !shown) return [];
    const tests = shown.split(" · ").map((one) => {
      const [, file, name] = /^`([^`]+)` "([^"]+)"$/.exec(one) ?? [];
      if (!file || !name) throw new Error(`row ${row}: ${one} is no file and name of a test`);
      return { file, name };
    });
    return [{ row: Number(row), asks, tests }];
  });

test("every row is there once, in order", () => {
  expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: ROWS }, (_, i) => i + 1));
});

/** The first argument of each `test`, `describe` and `it`, with their `each` and `skipIf`; templates as they stand. */
function namesIn(file: string): readonly string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  const begin =
    /\b(?:test|it|describe)\b(?:\s*\.\w+|\s*\((?:[^()"`]|\([^()]*\))*\))*\s*\(\s*(?:"((?:[^"\\]|\\.)*)"|`((?:[^`\\]|\\.)*)`)/g;
  return [...text.matchAll(begin)].map(([, plain, template]) => plain ?? template ?? "");
}

test.each(rows.map((one) => [one.row, one] as const))("row %i", (_, { tests }) => {
  expect(tests).not.toEqual([]);
  for (const { file, name } of tests) {
    const names = namesIn(file);
    expect(
      names.some((one) => one.includes(name)),
      `${file} has no test "${name}", but ${names.join(" | ")}`,
    ).toBe(true);
  }
});

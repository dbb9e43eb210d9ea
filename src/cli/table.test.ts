import { describe, expect, test } from "vitest";
import type { Sink } from "./io.ts";
import { type Column, printTable, shorten, wrap } from "./table.ts";

const sinkOf = (columns?: number): Sink => ({ terminal: false, columns, write: async () => undefined });
const LONG = `${"a".repeat(60)}.${"b".repeat(60)}.example`;
const widths = (text: string) => text.split("\n").map((line) => [...line].length);

test("columns are as wide as their widest cell, and nothing trails", () => {
  const text = printTable(
    ["A", "LONGER", "C"],
    [
      ["wide cell", 1, null],
      ["x", undefined, "é"],
    ],
  );
  expect(text.split("\n")).toEqual(["A          LONGER  C", "wide cell  1       -", "x          -       é", ""]);
});

test("headings are bold on a terminal alone", () => {
  const sink = { terminal: true, write: async () => undefined };
  expect(printTable(["A"], [["b"]], sink)).toBe("\u001b[1mA\u001b[0m\nb\n");
  expect(printTable(["A"], [["b"]], { ...sink, terminal: false })).toBe("A\nb\n");
});

test("text from outside can't move the cursor", () => {
  expect(printTable(["A"], [["\u001b[31m"]])).not.toContain("\u001b");
});

describe("on a narrow terminal", () => {
  const header: readonly Column[] = [
    { title: "NAME", fit: "shorten" },
    "STATE",
    { title: "CREATED", drop: 2 },
    { title: "ID", drop: 1 },
  ];
  const row = (name: string) => [name, "active", "2026-10-05 09:10:42Z", "0".repeat(32)];

  test("what fits is left alone, to the last character", () => {
    const text = printTable(header, [row("a.example")], sinkOf(73));
    expect(Math.max(...widths(text))).toBe(73);
    expect(text).toBe(printTable(header, [row("a.example")]));
  });

  test("the least wanted column goes first, and is named", () => {
    const text = printTable(header, [row("a.example")], sinkOf(72));
    expect(text.split("\n")[0]).toMatch(/^NAME +STATE +ID$/);
    expect(text).toMatch(/\n\(no room for CREATED: --wide shows all\)\n$/);
    const less = printTable(header, [row("a.example")], sinkOf(50));
    expect(less.split("\n")).toEqual([
      "NAME       STATE",
      "a.example  active",
      "(no room for CREATED, ID: --wide shows all)",
      "",
    ]);
  });

  test("names keep both ends", () => {
    const text = printTable(header, [row(LONG)], sinkOf(80));
    expect(text).toMatch(/^a+…b+\.example {2}active {2}0{32}$/m);
    expect(Math.max(...widths(text))).toBe(80);
  });

  test("sentences are wrapped in their column, or stand below their row", () => {
    const sentence = "one two three four five six seven eight nine ten eleven";
    const inside = printTable(["A", { title: "B", fit: "wrap" }, "C"], [["x", sentence, "y"]], sinkOf(40));
    expect(inside.split("\n").slice(1, 3)).toEqual([
      "x  one two three four five six seven   y",
      "   eight nine ten eleven",
    ]);
    const below = printTable(["A", "B", { title: "C", fit: "below" }], [["x", "y", sentence]], sinkOf(40));
    expect(below.split("\n")).toEqual([
      "A  B",
      "x  y",
      "    one two three four five six seven",
      "    eight nine ten eleven",
      "",
    ]);
  });

  test("where nothing else helps, a row is a block", () => {
    const text = printTable(
      ["A", "LONGER"],
      [
        ["x".repeat(25), "y".repeat(40)],
        ["z", null],
      ],
      sinkOf(30),
    );
    expect(text.split("\n")).toEqual([
      "x".repeat(25),
      `  LONGER  ${"y".repeat(30)}`,
      `          ${"y".repeat(10)}`,
      "z",
      "",
    ]);
  });

  test.each([40, 47, 60, 80, 132])("no line is longer than %i, whatever is in it", (columns) => {
    const all: readonly Column[] = [
      { title: "NAME", fit: "shorten" },
      "WHOLE",
      { title: "TEXT", fit: "wrap" },
      { title: "MORE", drop: 1 },
      { title: "BELOW", fit: "below" },
    ];
    const rows = [
      [LONG, "w".repeat(18), "é".repeat(300), "m", `${LONG} ${LONG}`],
      ["", null, undefined, "m".repeat(40), "some words"],
    ];
    for (let least = 0; least < rows.length; least++) {
      const text = printTable(all, rows.slice(least), sinkOf(columns));
      expect(Math.max(...widths(text))).toBeLessThanOrEqual(columns);
    }
  });

  test("a table that goes on has no second head", () => {
    expect(printTable(["A"], [["b"]], sinkOf(80), { head: false })).toBe("b\n");
    expect(printTable(["A"], [], sinkOf(80), { head: false })).toBe("");
  });
});

test("shortened and wrapped by characters", () => {
  expect(shorten("abcdefghij", 5)).toBe("ab…ij");
  expect(shorten("abcde", 5)).toBe("abcde");
  expect(wrap("", 5)).toEqual([""]);
  expect(wrap("abcdefghij k", 5)).toEqual(["abcde", "fghij", "k"]);
});

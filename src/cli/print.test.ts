import { expect, test } from "vitest";
import { clean, printFacts, printMoment } from "./print.ts";

test("text from outside can neither move the cursor nor turn the reading direction", () => {
  expect(clean("a\u001b[2Jb\n\u009b\u202ec é")).toBe("a\\u{1b}[2Jb\\u{a}\\u{9b}\\u{202e}c é");
  expect(printFacts([["name", "\r"]])).not.toContain("\r");
});

test("facts without a value are left out", () => {
  expect(
    printFacts([
      ["a", 1],
      ["bb", null],
      ["ccc", undefined],
      ["d", ""],
      ["e", 0],
    ]),
  ).toBe("  a  1\n  e  0\n");
});

test("times lose their microseconds; what is no time stays", () => {
  expect(printMoment("2026-10-05T09:10:42.883000Z")).toBe("2026-10-05 09:10:42Z");
  expect(printMoment("soon")).toBe("soon");
  expect(printMoment(null)).toBeUndefined();
});

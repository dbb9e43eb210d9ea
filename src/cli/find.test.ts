/** Names of zones as people type them. */
import { expect, test } from "vitest";
import { CliFailure } from "./exit.ts";
import { zoneName } from "./find.ts";

test.each([
  [" Example.COM. ", "example.com"],
  ["bücher.example", "xn--bcher-kva.example"],
  [".", "."],
])("%s is %s", (typed, name) => expect(zoneName(typed)).toBe(name));

test.each(["two words.example", "a\tb.example", "a.example b.example"])("%s is none", (typed) => {
  expect(() => zoneName(typed)).toThrow(CliFailure);
});

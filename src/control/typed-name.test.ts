/** Names as people type them when they ask about a zone: in it, whole, absolute. */
import { expect, test } from "vitest";
import { printName, readName } from "#name";
import { readNameInZone } from "./typed-name.ts";

function read(text: string, zone = "example.com."): string {
  const apex = readName(zone);
  if (!apex.ok) throw new Error(zone);
  const name = readNameInZone(text, apex.value);
  return name.ok ? printName(name.value) : name.error;
}

test.each([
  ["@", "example.com."],
  ["www", "www.example.com."],
  ["a.b", "a.b.example.com."],
  ["*.wild", "*.wild.example.com."],
  ["example.com", "example.com."],
  ["WWW.Example.COM", "WWW.Example.COM."],
  ["www.example.com.", "www.example.com."],
  // In the zone's own name once more: only with the dot behind all of it.
  ["www.example.com.example.com.", "www.example.com.example.com."],
  ["example", "example.example.com."],
  ["www.example.org", "www.example.org.example.com."],
  // Outside, and said so by the final dot: whoever asks for it refuses it.
  ["www.example.org.", "www.example.org."],
  ["com.", "com."],
  // An escaped dot ends nothing.
  ["a\\.", "a\\..example.com."],
  ["two..dots", "empty-label"],
  ["a b", "blank"],
  ["", "empty"],
  [`${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(63)}.${"d".repeat(55)}`, "name-too-long"],
])("%s is %s", (text, name) => expect(read(text)).toBe(name));

test("in a zone of one label, and in the root", () => {
  expect(read("com", "com.")).toBe("com.");
  expect(read("www", "com.")).toBe("www.com.");
  expect(read("www.example", ".")).toBe("www.example.");
});

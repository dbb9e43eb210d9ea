import { expect, test } from "vitest";
import { nameHash, readName } from "#name";
import { DEFAULT_ZONE_LIMITS } from "./limits.ts";
import { NameTable } from "./name-table.ts";

// Columns of 17 and 16 entries doubled at different times, and hashes past the end were lost without a word.
test("every name keeps its hash while the table grows", () => {
  const apex = readName("example.");
  if (!apex.ok) throw new Error(apex.error);
  const table = new NameTable(apex.value, DEFAULT_ZONE_LIMITS);
  for (let i = 0; i < 20_000; i++) {
    const name = readName(`n${i}.example.`);
    if (!name.ok) throw new Error(name.error);
    expect(table.intern(name.value, 0, name.value.length)).toBe(i);
    expect(table.hashes[i]).toBe(nameHash(name.value));
  }
});

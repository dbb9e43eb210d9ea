/** Of the changes that secondaries ask for, those used last stay within the bound. */
import { expect, test } from "vitest";
import { RecordBatch, ZoneChange } from "#zone";
import { RecentChanges } from "./recent-changes.ts";

function changeOf(octets: number): ZoneChange {
  const half = new RecordBatch(new Uint8Array(octets / 2), octets / 2, 1);
  return new ZoneChange(half, half);
}

test("what was used last stays, as much as there is room for", () => {
  const recent = new RecentChanges(300);
  const [a, b, c, d] = [changeOf(100), changeOf(100), changeOf(100), changeOf(200)];
  for (const [key, change] of Object.entries({ a, b, c })) recent.put(key, change);
  expect(recent.find("a")).toBe(a);
  recent.put("d", d);
  expect(["a", "b", "c", "d"].map((key) => recent.find(key))).toEqual([a, undefined, undefined, d]);
  recent.put("large", changeOf(302));
  expect(recent.find("large")).toBeUndefined();
  recent.remove("d");
  recent.put("d", changeOf(100));
  recent.put("e", changeOf(100));
  expect(["a", "d", "e"].map((key) => recent.find(key) !== undefined)).toEqual([true, true, true]);
});

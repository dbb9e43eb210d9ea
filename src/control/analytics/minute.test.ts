import { expect, test } from "vitest";
import { type TallyReading, tallyKey } from "#telemetry";
import { ZoneCounts } from "./counts.ts";
import { MinuteCounts } from "./minute.ts";

const KEYS = [tallyKey(1, 0, 0, false, false, 32, 64), tallyKey(6, 0, 0, false, false, 32, 128)];

function reading(parts: Partial<TallyReading>): TallyReading {
  return { cells: [], times: [], names: [], lost: 0, ...parts };
}

test("zones that were asked one thing, and those that were asked more, say what was counted, in whatever order it came", () => {
  const minute = new MinuteCounts();
  const plain = new Map<string, ZoneCounts>();
  const of = (zoneId: string): ZoneCounts => {
    const counts = plain.get(zoneId) ?? new ZoneCounts();
    plain.set(zoneId, counts);
    return counts;
  };
  for (let i = 0; i < 1000; i++) {
    const zoneId = `zone-${i % 300}`;
    // One key alone, two keys, the first again, times and names before and after.
    const key = KEYS[i % 7 === 0 && i % 3 === 0 ? 1 : 0]!;
    minute.add(reading({ cells: [{ zoneId, key, count: i }] }));
    of(zoneId).addCell(key, i);
    if (i % 11 === 0) {
      minute.add(reading({ times: [{ zoneId, key, count: 2 }] }));
      of(zoneId).addTime(key, 2);
    }
    if (i % 13 === 0) {
      const name = Uint8Array.of(1, 65, 0);
      minute.add(reading({ names: [{ zoneId, asked: key >>> 16, name, count: 3, error: 0 }] }));
      of(zoneId).addName(key >>> 16, "\u0001a\u0000", 3, 0);
    }
  }
  expect(minute.zoneIds().toSorted()).toEqual([...plain.keys()].toSorted());
  for (const [zoneId, counts] of plain) expect(minute.find(zoneId)!.print()).toBe(counts.print());
});

test("a zone that is forgotten is so, and what it is asked then begins anew", () => {
  const minute = new MinuteCounts();
  const key = KEYS[0]!;
  for (const zoneId of ["one", "other"]) minute.addCell(zoneId, key, 5);
  minute.addTime("other", key, 1);
  for (const zoneId of ["one", "other"]) minute.forget(zoneId);
  expect(minute.zoneIds()).toEqual([]);
  expect(minute.find("one")).toBeUndefined();
  minute.addCell("one", key, 2);
  expect([...minute.find("one")!.cells]).toEqual([[key, 2]]);
});

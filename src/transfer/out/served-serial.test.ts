/** The serial that secondaries see of a zone that is signed here. */
import { expect, test } from "vitest";
import { serialNewer } from "#zone";
import { nextServedSerial } from "../index.ts";

test("the primary's own, one more for each signing, the primary's again when that has passed", () => {
  let served: number | undefined;
  const given: number[] = [];
  for (const primary of [10, 10, 10, 11, 12, 13, 20, 20]) {
    served = nextServedSerial(primary, served);
    given.push(served);
  }
  expect(given).toEqual([10, 11, 12, 13, 14, 15, 20, 21]);
});

test("it never goes back, not over the end of the numbers, not with a primary that does", () => {
  let served = 0xffff_fffe;
  for (const primary of [0xffff_fffe, 0xffff_fffe, 3, 1, 0x8000_0003, 7]) {
    const next = nextServedSerial(primary, served);
    expect(serialNewer(next, served)).toBe(true);
    served = next;
  }
});

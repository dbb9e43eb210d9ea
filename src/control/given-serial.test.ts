/** Serials over changes of mode: of what secondaries may have, none is used twice, and none comes after a newer one. */
import { expect, test } from "vitest";
import type { SigningMode } from "#keyplan";
import { serialNewer } from "#zone";
import { isBehind, type LastGiven, newestGiven, serialToServe } from "./given-serial.ts";
import type { ServedVersion, StoredVersion } from "./versions.ts";

const storedAs = (serial: number, file = `t-${serial}`) =>
  ({ file, serial, image: { root: 0, serial } }) as unknown as StoredVersion;
const servedAs = (mode: SigningMode, serial: number, from: StoredVersion) =>
  ({ mode, image: { serial }, from }) as unknown as ServedVersion;

/** Primary's serial and mode, round by round; what is served with them. */
function play(rounds: readonly (readonly [number, SigningMode])[], noted: boolean): number[] {
  let lastGiven: LastGiven | undefined;
  let served: ServedVersion | undefined;
  return rounds.map(([primary, mode]) => {
    const stored = storedAs(primary);
    const denial = mode === "live" ? "compact" : undefined;
    const serial = serialToServe({ mode, denial, stored, served, givenOut: true, lastGiven });
    served = servedAs(mode, serial, stored);
    if (noted) lastGiven = { version: 1, serial, mode };
    return serial;
  });
}

test.each([true, false])("there and back again; noted in time: %s", (noted) => {
  const rounds = [
    [10, "unsigned"],
    [10, "unsigned"],
    [10, "live"],
    [10, "live"],
    [10, "unsigned"],
    [10, "unsigned"],
    [11, "unsigned"],
    [20, "unsigned"],
    [20, "live"],
    [21, "live"],
  ] as const;
  expect(play(rounds, noted)).toEqual([10, 10, 11, 12, 13, 13, 14, 20, 21, 22]);
});

test("a primary that goes back takes nobody along, also over the end of the numbers", () => {
  const serials = play(
    [
      [0xffff_ffff, "unsigned"],
      [5, "live"],
      [4, "unsigned"],
      [3, "unsigned"],
      [7, "live"],
    ],
    true,
  );
  expect(serials).toEqual([0xffff_ffff, 5, 6, 7, 8]);
  for (const [i, serial] of serials.entries()) if (i > 0) expect(serialNewer(serial, serials[i - 1]!)).toBe(true);
});

test("given to nobody, or pre-signed: the primary's own, whatever was before", () => {
  const served = servedAs("live", 30, storedAs(10));
  const facts = { stored: storedAs(10), served, lastGiven: { version: 1, serial: 30, mode: "live" } as const };
  expect(serialToServe({ ...facts, mode: "unsigned", denial: undefined, givenOut: false })).toBe(10);
  expect(serialToServe({ ...facts, mode: "presigned", denial: undefined, givenOut: true })).toBe(10);
});

test("behind: an older one, one at the other end of the numbers, the same in another mode", () => {
  const given: LastGiven = { version: 1, serial: 30, mode: "live" };
  expect([29, 30, 31, 30 + 2 ** 31].map((serial) => isBehind(serial, "presigned", given))).toEqual([
    true,
    true,
    false,
    true,
  ]);
  expect(isBehind(30, "live", given)).toBe(false);
  expect(newestGiven({ served: servedAs("unsigned", 31, storedAs(31)), lastGiven: given })?.mode).toBe("unsigned");
  expect(newestGiven({ served: servedAs("unsigned", 29, storedAs(29)), lastGiven: given })).toBe(given);
});

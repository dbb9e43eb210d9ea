/** When the signatures of an apex come of age: the apex alone is signed anew, or, for secondaries, a version of its own is made. */
import { expect, test } from "vitest";
import type { Deps } from "./deps.ts";
import { setRoundTimers } from "./round-timers.ts";
import { Scheduler } from "./scheduler.ts";
import type { Zone } from "./zone.ts";

test.each([
  [false, "resign"],
  [true, "rework"],
])("given out: %s, the round: %s", async (givenOut, round) => {
  const scheduler = new Scheduler({ now: () => 2_000_000_000 });
  const begun: string[] = [];
  const signing = { apex: { resignAt: 1_999_990_000 } };
  const zone = { id: "z", givenOut, served: { signing }, begin: (name: string) => begun.push(name) };
  setRoundTimers(zone as unknown as Zone, { scheduler, random: () => 0.5 } as unknown as Deps);
  await expect.poll(() => begun).toEqual([round]);
  scheduler.stop();
});

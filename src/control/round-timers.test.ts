/** When the signatures of an apex come of age: it is signed anew, and nothing else is done to the zone. */
import { expect, test } from "vitest";
import type { Deps } from "./deps.ts";
import { setRoundTimers } from "./round-timers.ts";
import { Scheduler } from "./scheduler.ts";
import type { Zone } from "./zone.ts";

test("what is served is signed anew, also where another mode is waiting", async () => {
  const scheduler = new Scheduler({ now: () => 2_000_000_000 });
  const begun: string[] = [];
  const signing = { apex: { resignAt: 1_999_990_000 } };
  const zone = { id: "z", served: { signing }, begin: (name: string) => begun.push(name) };
  setRoundTimers(zone as unknown as Zone, { scheduler, random: () => 0.5 } as unknown as Deps);
  await expect.poll(() => begun).toEqual(["resign"]);
  scheduler.stop();
});

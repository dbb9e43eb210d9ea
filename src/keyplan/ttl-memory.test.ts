/** Whatever TTLs followed each other: nobody holds a copy for longer than is said, and it is not said for longer than somebody may. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { heldSeconds, NO_PAST_TTL, type PastTtl, rememberTtl } from "./ttl-memory.ts";

const T0 = 1_800_000_000;

describe("a TTL that was lowered", () => {
  test("counts until the last copy has run out, and no longer", () => {
    const past = rememberTtl(NO_PAST_TTL, 86_400, 300, T0);
    expect(heldSeconds(past, 300, T0)).toBe(86_400);
    expect(heldSeconds(past, 300, T0 + 80_000)).toBe(6400);
    expect(heldSeconds(past, 300, T0 + 86_100)).toBe(300);
    expect(heldSeconds(past, 300, T0 + 1e6)).toBe(300);
  });

  test("a longer one from before is not forgotten for a shorter one; one that lasts longer takes its place", () => {
    let past = rememberTtl(NO_PAST_TTL, 86_400, 7200, T0);
    past = rememberTtl(past, 7200, 300, T0 + 60);
    expect(heldSeconds(past, 300, T0 + 60)).toBe(86_340);
    past = rememberTtl(past, 7200, 300, T0 + 86_000);
    expect(heldSeconds(past, 300, T0 + 86_000)).toBe(7200);
  });

  test("raised, or the same: nothing is remembered", () => {
    expect(rememberTtl(NO_PAST_TTL, 300, 300, T0)).toBe(NO_PAST_TTL);
    expect(rememberTtl(NO_PAST_TTL, 300, 86_400, T0)).toBe(NO_PAST_TTL);
  });

  test("a clock that was ahead and is set back by a year: no longer than the TTL", () => {
    const past = rememberTtl(NO_PAST_TTL, 86_400, 300, T0 + 365 * 86_400);
    expect(heldSeconds(past, 300, T0)).toBe(86_400);
  });
});

test("by simulation: as long as the copy that lives longest", () => {
  const step = fc.record({ seconds: fc.integer({ min: 0, max: 5000 }), ttl: fc.integer({ min: 0, max: 5000 }) });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      let past: PastTtl = NO_PAST_TTL;
      let now = T0;
      let ttl = 0;
      // When the last copy of anything that is not served any more runs out.
      let until = 0;
      for (const next of steps) {
        now += next.seconds;
        if (next.ttl < ttl) until = Math.max(until, now + ttl);
        past = rememberTtl(past, ttl, next.ttl, now);
        ttl = next.ttl;
        expect(heldSeconds(past, ttl, now)).toBe(Math.max(ttl, until - now));
      }
    }),
  );
});

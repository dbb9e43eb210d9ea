import fc from "fast-check";
import { expect, test } from "vitest";
import { periodAt, periodExpiration, periodInception, periodPhase, SIGNING_PERIOD } from "./signing.ts";

const { lengthSeconds, backdateSeconds, validitySeconds } = SIGNING_PERIOD;

test("at any time the signature given out is old enough for slow clocks and has at least 20 hours left", () => {
  const anyTime = fc.integer({ min: 1, max: 0xffff_ffff });
  fc.assert(
    fc.property(anyTime, fc.integer(), fc.nat(65535), (now, hash, type) => {
      const phase = periodPhase(hash, type, SIGNING_PERIOD);
      const number = periodAt(now, phase, SIGNING_PERIOD);
      const inception = periodInception(number, phase, SIGNING_PERIOD);
      expect(phase).toBeGreaterThanOrEqual(0);
      expect(phase).toBeLessThan(lengthSeconds);
      expect(now - inception).toBeGreaterThanOrEqual(backdateSeconds);
      expect(now - inception).toBeLessThan(backdateSeconds + lengthSeconds);
      expect(periodExpiration(number, phase, SIGNING_PERIOD) - inception).toBe(validitySeconds);
    }),
  );
  expect(validitySeconds - backdateSeconds - lengthSeconds).toBe(20 * 3600);
});

test("phases spread: no minute of the period renews more than its share", () => {
  const minutes = new Array(lengthSeconds / 60).fill(0);
  for (let i = 0; i < 36000; i++) minutes[Math.floor(periodPhase(i * 7919, 1 + (i % 3), SIGNING_PERIOD) / 60)]++;
  expect(Math.max(...minutes)).toBeLessThan(200);
  expect(Math.min(...minutes)).toBeGreaterThan(40);
});

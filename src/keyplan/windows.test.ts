import fc from "fast-check";
import { expect, test } from "vitest";
import { nextParentPoll } from "./poll.ts";
import { DELETED, type DnssecStatus } from "./status.ts";
import { KSK_LIFETIME_SECONDS, KSK_PERIOD_SECONDS, kskWindow, nextKskSigning } from "./windows.ts";

const DAY = 86_400;

test("at any time the KSK's signatures are valid for at least seven days and began at least a day ago", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e9, max: 4e9 }), fc.integer(), (now, seed) => {
      const { inception, expiration } = kskWindow(now, seed);
      expect(now - inception).toBeGreaterThanOrEqual(DAY);
      expect(expiration - now).toBeGreaterThan(KSK_LIFETIME_SECONDS - KSK_PERIOD_SECONDS);
      expect(expiration - inception).toBe(15 * DAY);
    }),
  );
});

test("the window is the same until the next signing and another one from then on", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1e9, max: 4e9 }), fc.integer(), (now, seed) => {
      const next = nextKskSigning(now, seed);
      expect(next).toBeGreaterThan(now);
      expect(next - now).toBeLessThanOrEqual(KSK_PERIOD_SECONDS);
      expect(kskWindow(next - 1, seed)).toEqual(kskWindow(now, seed));
      expect(kskWindow(next, seed)).not.toEqual(kskWindow(now, seed));
    }),
  );
});

const NOW = 1_790_000_000;
const wait = (status: DnssecStatus, jitter = 0.5) => {
  const at = nextParentPoll(status, NOW, jitter);
  return at === undefined ? undefined : Math.round(at - NOW);
};

test("the parent is asked at once, then often, then seldom, and never for a deleted zone", () => {
  const pending = (age: number): DnssecStatus => ({
    phase: "pending",
    modifiedAt: NOW - age,
    parent: "none",
    parentAt: NOW,
  });
  expect(wait(DELETED)).toBeUndefined();
  expect(wait({ ...pending(0), parent: undefined, parentAt: undefined })).toBe(0);
  expect(wait(pending(5))).toBe(10);
  expect(wait(pending(800))).toBe(100);
  expect(wait(pending(90_000))).toBe(600);
  expect(wait({ ...pending(5), phase: "active", parent: "ours" })).toBe(10);
  expect(wait({ ...pending(500), phase: "active", parent: "ours" })).toBe(600);
  // A mismatch is an outage: looked at like a change that is waited for.
  expect(wait({ ...pending(800), phase: "active", parent: "mismatch" })).toBe(100);
  expect(wait(pending(90_000), 0)).toBe(540);
});

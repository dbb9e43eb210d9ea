import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Scheduler } from "./scheduler.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = { now: () => Date.now() / 1000 };

test("timers run in the order of their time, whatever the order of setting", async () => {
  const scheduler = new Scheduler(clock);
  const ran: number[] = [];
  const start = clock.now();
  const offsets = Array.from({ length: 500 }, (_, i) => (i * 7919) % 503);
  for (const offset of offsets) scheduler.set(`t${offset}`, start + offset, () => ran.push(offset));
  await vi.advanceTimersByTimeAsync(600_000);
  expect(ran).toEqual([...offsets].sort((a, b) => a - b));
  expect(scheduler.size).toBe(0);
});

test("a timer set again moves, a cancelled one never runs, a prefix cancels a zone's timers alone", async () => {
  const scheduler = new Scheduler(clock);
  const ran: string[] = [];
  const start = clock.now();
  scheduler.set("a/refresh", start + 1, () => ran.push("too early"));
  scheduler.set("a/refresh", start + 5, () => ran.push("a/refresh"));
  scheduler.set("b/refresh", start + 2, () => ran.push("b/refresh"));
  scheduler.set("b/parent", start + 2, () => ran.push("b/parent"));
  scheduler.set("c/refresh", start + 3, () => ran.push("c/refresh"));
  scheduler.cancel("c/refresh");
  scheduler.cancelAll("b/");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ran).toEqual(["a/refresh"]);
});

test("a timer may set timers, and nothing runs after stop", async () => {
  const scheduler = new Scheduler(clock);
  const ran: string[] = [];
  scheduler.set("a", clock.now() + 1, () => {
    ran.push("a");
    scheduler.set("a", clock.now() + 1, () => ran.push("a again"));
    scheduler.set("b", clock.now() + 2, () => ran.push("b"));
  });
  await vi.advanceTimersByTimeAsync(2_500);
  scheduler.stop();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ran).toEqual(["a", "a again"]);
});

test("the clock is set forward by a year and back again: timers run, and none waits for the year to pass", async () => {
  let offset = 0;
  const jumping = { now: () => Date.now() / 1000 + offset };
  const scheduler = new Scheduler(jumping);
  const ran: string[] = [];
  const again = () => {
    ran.push("tick");
    scheduler.set("a", jumping.now() + 300, again);
  };
  scheduler.set("a", jumping.now() + 300, again);
  offset = 365 * 86_400;
  await vi.advanceTimersByTimeAsync(61_000);
  expect(ran).toEqual(["tick"]);
  offset = 0;
  await vi.advanceTimersByTimeAsync(400_000);
  expect(ran).toEqual(["tick", "tick"]);
});

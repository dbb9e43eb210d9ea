/** The brake by itself, in its own time. */
import { expect, it } from "vitest";
import { Brake } from "./brake.ts";

const SETTINGS = { free: 3, longestSeconds: 60, keys: 100 };

it("lets the first tries through, then makes each wait twice as long, and no longer than the longest", () => {
  const brake = new Brake(SETTINGS);
  const waits: number[] = [];
  let now = 0;
  for (let i = 0; i < 12; i++) {
    now += brake.wait("a", now);
    brake.begin("a", now);
    // The try itself takes its time: the wait begins behind it.
    now += 10;
    brake.failed("a", now);
    waits.push(brake.wait("a", now));
  }
  expect(waits).toEqual([0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  expect(brake.wait("b", now)).toBe(0);
  brake.succeeded("a");
  expect(brake.wait("a", now)).toBe(0);
});

it("counts tries when they begin: many at once gain nothing", () => {
  const brake = new Brake(SETTINGS);
  for (let i = 0; i < 5; i++) brake.begin("a", 0);
  expect(brake.wait("a", 0)).toBe(4);
});

it("forgets a key that was quiet, and never keeps more than it should", () => {
  const brake = new Brake(SETTINGS);
  for (let i = 0; i < 10; i++) brake.begin("a", 0);
  brake.begin("a", 16 * 60);
  expect(brake.wait("a", 16 * 60)).toBe(0);
  for (let i = 0; i < 1000; i++) brake.begin(`key ${i}`, 0);
  expect(brake.size).toBe(100);
});

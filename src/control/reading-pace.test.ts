import { expect, test } from "vitest";
import { ReadingPace } from "./reading-pace.ts";

/** Reads that take so many milliseconds each. */
function readAll(times: readonly number[]): boolean {
  let ms = 0;
  const pace = new ReadingPace(() => ms);
  for (const time of times)
    pace.of(() => {
      ms += time;
    });
  return pace.isSlow;
}

const each = (count: number, ms: number) => Array.from({ length: count }, () => ms);

test("a disk that is asked for the first time is slow, memory is not, and neither is one hiccup", () => {
  expect(readAll(each(256, 1))).toBe(true);
  expect(readAll(each(256, 0.02))).toBe(false);
  expect(readAll([...each(128, 0.02), 15, ...each(128, 0.02)])).toBe(false);
});

test("once slow it stays so: what was asked for beforehand comes fast", () => {
  expect(readAll([...each(256, 1), ...each(10_000, 0.01)])).toBe(true);
});

test("a read that fails counts, and its error is passed on", () => {
  let ms = 0;
  const pace = new ReadingPace(() => ms);
  const fail = () => {
    ms += 100;
    throw new Error("no such file");
  };
  expect(() => pace.of(fail)).toThrow("no such file");
  expect(pace.isSlow).toBe(true);
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { sortIndexes } from "./sort.ts";

function sorted(values: readonly number[]): { order: number[]; comparisons: number } {
  const indexes = Uint32Array.from(values, (_, i) => i);
  let comparisons = 0;
  sortIndexes(indexes, (a, b) => {
    comparisons++;
    return values[a]! - values[b]!;
  });
  return { order: [...indexes], comparisons };
}

test("stable and sorted, whatever comes", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(20), { maxLength: 300 }), (values) => {
      const stable = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
      expect(sorted(values).order).toEqual(stable);
    }),
  );
});

test("sorted, falling and nearly sorted input takes few comparisons", () => {
  const n = 10_000;
  const rising = Array.from({ length: n }, (_, i) => i);
  expect(sorted(rising).comparisons).toBeLessThan(n);
  expect(sorted([...rising].reverse()).comparisons).toBeLessThan(n);
  const twoRuns = [...rising.filter((i) => i % 2), ...rising.filter((i) => i % 2 === 0)];
  expect(sorted(twoRuns).comparisons).toBeLessThan(3 * n);
});

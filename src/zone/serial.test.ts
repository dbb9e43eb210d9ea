import fc from "fast-check";
import { expect, test } from "vitest";
import { serialCompare, serialNewer } from "./serial.ts";

const cases: [number, number, ReturnType<typeof serialCompare>][] = [
  [1, 0, 1],
  [44, 0, 1],
  [100, 100, 0],
  [0, 0xffffffff, 1], // RFC 1982 section 5.1: the wrap
  [200, 0xfffffffe, 1],
  [0x7fffffff, 0, 1],
  [0x80000000, 0, undefined],
  [0, 0x80000000, undefined],
  [0x80000001, 0, -1],
  [2026010101, 2026010102, -1],
];

test.each(cases)("serialCompare(%i, %i) is %s", (a, b, order) => {
  expect(serialCompare(a, b)).toBe(order);
  expect(serialNewer(a, b)).toBe(order === 1);
});

test("antisymmetric, and adding up to 2^31-1 makes newer (RFC 1982 section 3)", () => {
  const word = fc.integer({ min: 0, max: 0xffffffff });
  fc.assert(
    fc.property(word, fc.integer({ min: 1, max: 0x7fffffff }), (a, n) => {
      expect(serialCompare((a + n) >>> 0, a)).toBe(1);
      expect(serialCompare(a, (a + n) >>> 0)).toBe(-1);
    }),
  );
});

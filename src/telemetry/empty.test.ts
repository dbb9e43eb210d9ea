import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { canEmpty, emptyBuffer } from "./empty.ts";

const MANY_OCTETS = 64 * 1024 * 1024;

test.runIf(canEmpty())(
  "a buffer that is emptied keeps its place and loses its pages; its neighbours keep theirs",
  () => {
    const before = new Uint8Array(new SharedArrayBuffer(100_000)).fill(1);
    const buffer = new SharedArrayBuffer(MANY_OCTETS);
    const octets = new Uint8Array(buffer).fill(7);
    const after = new Uint8Array(new SharedArrayBuffer(100_000)).fill(2);
    const resident = residentOctets();
    const given = emptyBuffer(buffer);
    expect(given).toBeGreaterThan(MANY_OCTETS - 200_000);
    expect(resident - residentOctets()).toBeGreaterThan(MANY_OCTETS / 2);
    // Whoever looks in spite of all finds zeros: the process goes on.
    expect(octets[MANY_OCTETS / 2]).toBe(0);
    expect(octets.byteLength).toBe(MANY_OCTETS);
    expect(before.every((octet) => octet === 1) && after.every((octet) => octet === 2)).toBe(true);
  },
);

test("a buffer smaller than a page has nothing to give", () => {
  const buffer = new SharedArrayBuffer(100);
  new Uint8Array(buffer).fill(7);
  expect(emptyBuffer(buffer)).toBe(0);
  expect(emptyBuffer(new SharedArrayBuffer(0))).toBe(0);
  expect(new Uint8Array(buffer).every((octet) => octet === 7)).toBe(true);
});

function residentOctets(): number {
  return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1]);
}

import { expect, test } from "vitest";
import { collectGarbage, giveBackMemory, LARGE_OCTETS } from "./memory.ts";

test("what nobody holds any more is given back", async () => {
  const gone = new WeakRef(new SharedArrayBuffer(LARGE_OCTETS));
  // A WeakRef holds until the end of the turn in which it was made.
  await new Promise((resolve) => setTimeout(resolve, 0));
  collectGarbage();
  expect(gone.deref()).toBeUndefined();
});

test.runIf(process.platform === "linux")("memory between pieces that are still in use goes back to the system", () => {
  // Too small for pages of their own from the system: they come from malloc's heap.
  const pieces = Array.from({ length: 20_000 }, () => new Uint8Array(8_000).fill(1));
  const kept = pieces.filter((_, i) => i % 64 === 0);
  const before = process.memoryUsage.rss();
  pieces.length = 0;
  giveBackMemory();
  expect(before - process.memoryUsage.rss()).toBeGreaterThan(60_000_000);
  expect(kept.length).toBeGreaterThan(0);
});

import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import { collectGarbage, giveBackMemory, LARGE_OCTETS, limitYoungSpaceOfThreads } from "./memory.ts";

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

test("threads that are started later have less room for young objects", async () => {
  const roomOfThread = () =>
    new Promise<number>((resolve, reject) => {
      // Makes what dies young, and some that does not, so that the space grows as far as it may.
      const code = `let kept = [];
        for (let i = 0; i < 3e6; i++) { kept.push({ i }); if (kept.length > 2e5) kept = []; }
        const spaces = require("node:v8").getHeapSpaceStatistics();
        require("node:worker_threads").parentPort.postMessage(spaces.find((one) => one.space_name === "new_space").space_size)`;
      const worker = new Worker(code, { eval: true });
      worker.once("message", resolve).once("error", reject);
    });
  limitYoungSpaceOfThreads(8);
  const before = await roomOfThread();
  limitYoungSpaceOfThreads(1);
  expect(await roomOfThread()).toBeLessThan(before / 2);
});

import { once } from "node:events";
import { createRequire } from "node:module";
import { getPriority, release } from "node:os";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

test.runIf(process.platform === "linux")("one thread steps behind, the others stay where they are", async () => {
  const module = new URL("./thread.ts", import.meta.url).href;
  const worker = new Worker(
    `import { readlinkSync } from "node:fs";
     import { parentPort } from "node:worker_threads";
     const { stepBehindAnswers } = await import(${JSON.stringify(module)});
     stepBehindAnswers();
     parentPort.postMessage(readlinkSync("/proc/thread-self").split("/").at(-1));
     parentPort.once("message", () => process.exit());`,
    { eval: true },
  );
  const [thread] = (await once(worker, "message")) as [string];
  const own = getPriority();
  expect(getPriority(Number(thread))).toBe(Math.min(19, own + 5));
  expect(getPriority(process.pid)).toBe(own);
  await worker.terminate();
});

const [major, minor] = release().split(".").map(Number) as [number, number];
const hasSlices = major > 6 || (major === 6 && minor >= 12);

test.runIf(process.platform === "linux" && process.arch === "x64" && hasSlices)(
  "one thread takes short turns with the priority it had, the others go on as they were",
  async () => {
    const module = new URL("./thread.ts", import.meta.url).href;
    const worker = new Worker(
      `import { readlinkSync } from "node:fs";
       import { parentPort } from "node:worker_threads";
       const { stepBehindAnswers, takeShortTurns } = await import(${JSON.stringify(module)});
       stepBehindAnswers();
       const taken = takeShortTurns();
       parentPort.postMessage([taken, readlinkSync("/proc/thread-self").split("/").at(-1)]);
       parentPort.once("message", () => process.exit());`,
      { eval: true },
    );
    const [[taken, thread]] = (await once(worker, "message")) as [[boolean, string]];
    expect(taken).toBe(true);
    expect(sliceOf(Number(thread))).toBe(100_000);
    expect(sliceOf(process.pid)).not.toBe(100_000);
    expect(getPriority(Number(thread))).toBe(Math.min(19, getPriority() + 5));
    await worker.terminate();
  },
);

/** Nanoseconds, by sched_getattr. */
function sliceOf(thread: number): number {
  const koffi: typeof import("koffi") = createRequire(import.meta.url)("koffi");
  const call = koffi
    .load(null)
    .func("long syscall(long number, long thread, _Out_ uint32_t *out, long size, long flags)");
  const attributes = new Uint32Array(14);
  expect(call(315, thread, attributes, 56, 0)).toBe(0);
  return attributes[6]!;
}

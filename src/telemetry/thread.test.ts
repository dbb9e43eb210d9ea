import { once } from "node:events";
import { getPriority } from "node:os";
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

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, expect, test, vi } from "vitest";
import { WorkerEnded, WorkerPool } from "./pool.ts";

const directory = mkdtempSync(join(tmpdir(), "countersign-pool-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const entry = join(directory, "worker.mjs");
writeFileSync(
  entry,
  `import { parentPort, threadId, workerData } from "node:worker_threads";
   parentPort.on("message", (message) => {
     if (message === "die") throw new Error("as asked");
     setTimeout(() => parentPort.postMessage({ message, threadId, workerData }), 5);
   });`,
);

type Answer = { message: number; threadId: number; workerData: string };

function pool(size: number, idleMs?: number) {
  return new WorkerPool({ size, entry: pathToFileURL(entry), workerData: "given", idleMs });
}

test("more jobs than workers: all are done, each by one of the workers", async () => {
  const workers = pool(2);
  const answers = (await Promise.all([1, 2, 3, 4, 5, 6].map((job) => workers.run(job)))) as Answer[];
  expect(answers.map((answer) => answer.message)).toEqual([1, 2, 3, 4, 5, 6]);
  expect(new Set(answers.map((answer) => answer.threadId)).size).toBe(2);
  expect(answers[0]!.workerData).toBe("given");
  await workers.stop();
});

test("jobs of one take turns with those of others, and stay in order", async () => {
  const workers = pool(1);
  const begun: string[] = [];
  const run = (whose: string, place: number) =>
    workers
      .run(`${whose}${place}`, whose)
      .then((answer) => begun.push(String((answer as { message: unknown }).message)));
  const large = [1, 2, 3, 4, 5, 6].map((place) => run("large", place));
  await Promise.all([...large, run("small", 1), run("small", 2), run("other", 1)]);
  expect(begun).toEqual([
    ...["large1", "large2", "small1", "other1", "large3", "small2"],
    ...["large4", "large5", "large6"],
  ]);
  await workers.stop();
});

test("warmed workers take the jobs, and go when none comes", async () => {
  const workers = pool(2);
  workers.warm();
  workers.warm();
  expect(workers.started).toBe(2);
  const answers = (await Promise.all([1, 2, 3, 4].map((job) => workers.run(job)))) as Answer[];
  expect(new Set(answers.map((answer) => answer.threadId)).size).toBe(2);
  await workers.stop();
  const idle = pool(2, 20);
  idle.warm();
  await vi.waitFor(() => expect(idle.started).toBe(0), 10_000);
});

test("a worker that ends takes its own job with it and no other", async () => {
  const workers = pool(1);
  const dying = workers.run("die");
  const next = workers.run(7);
  await expect(dying).rejects.toThrow(WorkerEnded);
  expect(((await next) as Answer).message).toBe(7);
  await workers.stop();
});

test("an idle worker ends, and another is started when there is work again", async () => {
  const workers = pool(1, 20);
  const first = (await workers.run(1)) as Answer;
  await new Promise((resolve) => setTimeout(resolve, 200));
  const second = (await workers.run(2)) as Answer;
  expect(second.threadId).not.toBe(first.threadId);
  await workers.stop();
});

test("nothing is taken after stop, and what waited is told", async () => {
  const workers = pool(1);
  const running = workers.run(1);
  const waiting = workers.run(2);
  const [first, second] = await Promise.allSettled([running, waiting, workers.stop()]);
  expect(first!.status).toBe("rejected");
  expect(second!.status).toBe("rejected");
  await expect(workers.run(3)).rejects.toThrow(WorkerEnded);
});

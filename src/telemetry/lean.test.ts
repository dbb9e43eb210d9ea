import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";

test("a thread that counts and answers loads neither the logger's nor the metrics' library", async () => {
  const module = new URL("./index.ts", import.meta.url).href;
  const worker = new Worker(
    `import { createRequire } from "node:module";
     import { parentPort } from "node:worker_threads";
     const { CounterBlock, createLogger, Metrics } = await import(${JSON.stringify(module)});
     const loaded = () => ["pino", "prom-client"].filter((name) =>
       Object.keys(createRequire(${JSON.stringify(module)}).cache).some((file) => file.includes("/" + name + "/")));
     new CounterBlock();
     const before = loaded();
     createLogger("silent");
     parentPort.postMessage([before, loaded()]);`,
    { eval: true },
  );
  const [[before, after]] = (await once(worker, "message")) as [[string[], string[]]];
  expect(before).toEqual([]);
  expect(after).toEqual(["pino"]);
  await worker.terminate();
});

/** What OpenSSL inside Node verifies a second on all cores together: the measure of a transfer with every signature checked. */
import { Worker } from "node:worker_threads";
import { WIDTH } from "./records.ts";

export type Ceiling = { readonly perSecond: number; readonly threads: number };

export async function verifyCeiling(): Promise<Ceiling> {
  const rates = await Promise.all(Array.from({ length: WIDTH }, measureOne));
  return { perSecond: rates.reduce((sum, rate) => sum + rate, 0), threads: WIDTH };
}

function measureOne(): Promise<number> {
  const worker = new Worker(new URL("./verify-worker.ts", import.meta.url));
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

/** Entry of a job worker: one answer for each message. An exception ends the worker, and the job with it. */
import { parentPort, workerData } from "node:worker_threads";
import { type CryptoChoice, openCrypto } from "#crypto";
import { collectGarbage, stepBehindAnswers } from "#telemetry";
import { type Job, performJob } from "./jobs.ts";

const port = parentPort;
if (!port) throw new Error("job-worker.ts runs as a worker thread only");

stepBehindAnswers();
const crypto = openCrypto(workerData as CryptoChoice);

/** Milliseconds; a job that takes so long had a large zone before it. */
const LARGE_JOB_MS = 300;

port.on("message", (job: Job) => {
  const startedAt = performance.now();
  port.postMessage(performJob(job, crypto));
  if (performance.now() - startedAt >= LARGE_JOB_MS) setImmediate(collectGarbage);
});

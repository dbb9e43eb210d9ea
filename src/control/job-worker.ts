/** Entry of a job worker: one answer for each message. An exception ends the worker, and the job with it. */
import { parentPort, workerData } from "node:worker_threads";
import { type CryptoChoice, openCrypto } from "#crypto";
import { type Job, performJob } from "./jobs.ts";

const port = parentPort;
if (!port) throw new Error("job-worker.ts runs as a worker thread only");

const crypto = openCrypto(workerData as CryptoChoice);

port.on("message", (job: Job) => port.postMessage(performJob(job, crypto)));

/**
 * A UDP worker that freezes with its socket open, when it can take the token (a file that `STUCK_TOKEN` names); all others,
 * and its own replacement, are the real one.
 */
import { unlinkSync } from "node:fs";
import { parentPort, workerData } from "node:worker_threads";
import { openUdpBatch } from "#net";

function takeToken(): boolean {
  try {
    unlinkSync(process.env["STUCK_TOKEN"]!);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "ENOENT") return false;
    throw error;
  }
}

if (takeToken()) {
  const task = workerData as { addresses: { address: string; port: number }[]; life: SharedArrayBuffer };
  const batch = openUdpBatch({ addresses: task.addresses });
  if (!batch.ok) throw new Error(batch.error.code);
  const words = new Int32Array(task.life);
  words[2] = 1;
  parentPort!.postMessage({ kind: "started", addresses: batch.value.addresses, descriptors: batch.value.descriptors });
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) Atomics.wait(never, 0, 0, 20);
}
await import("../../src/edge/udp-worker.ts");

/** Entry of a transfer worker: reads one large AXFR. The main thread sends batches of messages and is told how far it got. */
import { parentPort, workerData } from "node:worker_threads";
import { AxfrInterpreter, type AxfrOutcome, type AxfrSettings } from "#transfer";
import type { FromAxfrWorker, ToAxfrWorker } from "./axfr-reader.ts";

const port = parentPort;
if (!port) throw new Error("axfr-worker.ts runs as a worker thread only");

const interpreter = new AxfrInterpreter(workerData as AxfrSettings);

port.on("message", (message: ToAxfrWorker) => {
  const outcome = message.kind === "end" ? interpreter.end() : acceptBatch(message.octets);
  const about = { records: interpreter.records, octets: message.kind === "end" ? 0 : message.octets.length };
  const answer: FromAxfrWorker =
    outcome.kind === "done"
      ? { ...about, outcome: { kind: "done", columns: outcome.zone.columns, warnings: outcome.warnings } }
      : { ...about, outcome };
  port.postMessage(answer);
});

/** A batch: messages with their lengths in front, as TCP has them (RFC 1035 section 4.2.2). */
function acceptBatch(octets: Uint8Array): AxfrOutcome {
  let outcome: AxfrOutcome = { kind: "more" };
  for (let at = 0; at + 2 <= octets.length && outcome.kind !== "refused"; ) {
    const length = (octets[at]! << 8) | octets[at + 1]!;
    outcome = interpreter.accept(octets.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return outcome;
}

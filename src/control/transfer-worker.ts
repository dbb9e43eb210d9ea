/** Entry of a transfer worker: reads one large transfer. The main thread sends batches of messages and is told how far it got. */
import { parentPort, workerData } from "node:worker_threads";
import { stepBehindAnswers } from "#telemetry";
import { type IxfrOutcome, openInterpreter, type TransferSettings } from "#transfer";
import { postChanges } from "./posted-changes.ts";
import type { FromTransferWorker, PostedOutcome, ToTransferWorker } from "./transfer-reader.ts";

const port = parentPort;
if (!port) throw new Error("transfer-worker.ts runs as a worker thread only");

stepBehindAnswers();
const interpreter = openInterpreter(workerData as TransferSettings);

port.on("message", (message: ToTransferWorker) => {
  const outcome = message.kind === "end" ? interpreter.end() : acceptBatch(message.octets);
  const octets = message.kind === "end" ? 0 : message.octets.length;
  const spent = message.kind === "end" ? undefined : (message.octets.buffer as ArrayBuffer);
  const answer: FromTransferWorker = { records: interpreter.records, octets, spent, outcome: posted(outcome) };
  port.postMessage(answer, spent ? [spent] : []);
});

function posted(outcome: IxfrOutcome): PostedOutcome {
  if (outcome.kind === "done") {
    const { zone, ...rest } = outcome;
    return { kind: "zone", columns: zone.columns, rest };
  }
  if (outcome.kind === "changes") {
    const { changes, ...rest } = outcome;
    return { kind: "changed", changes: postChanges(changes), rest };
  }
  return { kind: "other", outcome };
}

/** A batch: messages with their lengths in front, as TCP has them (RFC 1035 section 4.2.2). */
function acceptBatch(octets: Uint8Array): IxfrOutcome {
  let outcome: IxfrOutcome = { kind: "more" };
  for (let at = 0; at + 2 <= octets.length && outcome.kind !== "refused"; ) {
    const length = (octets[at]! << 8) | octets[at + 1]!;
    outcome = interpreter.accept(octets.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return outcome;
}

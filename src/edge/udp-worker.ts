/**
 * Worker entry: UDP by batches. Never returns to its event loop while it runs; the doorbell and the stop word are looked
 * at with each batch: a worker that nobody has asked for a while answers the next question from what was published meanwhile.
 *
 *   take zones ─▶ open sockets ─▶ [ receive a batch ─▶ what control says ─▶ answer ─▶ stop? ] … ─▶ close
 */
import { parentPort, workerData } from "node:worker_threads";
import { openUdpBatch, type ReturnPath, TCP_LIMITS, type UdpBatch, type UdpHandler } from "#net";
import { Counter } from "#telemetry";
import { Desk, type LateReply } from "./desk.ts";
import { MAX_REPORTED, WorkerLife, type WorkerReport, type WorkerTask } from "./life.ts";

/** Messages from control before a batch is answered: thousands of zones at once may not hold up those who ask. */
const TAKEN_AT_ONCE = 4;

function run(task: WorkerTask): void {
  let batch: UdpBatch | undefined;
  const limits = { ...TCP_LIMITS, ...task.tcpLimits };
  const late: LateReply = (token, message) => {
    if (message !== undefined) batch?.send(token as ReturnPath, message);
  };
  const desk = new Desk(task, limits, late, (zoneId, reason) => report({ kind: "zone", zoneId, reason }));
  const opened = openUdpBatch({ addresses: task.addresses });
  if (!opened.ok) {
    report({ kind: "failed", error: opened.error });
    return;
  }
  batch = opened.value;
  const life = new WorkerLife(task.life);
  life.socketsOpen(true);
  report({ kind: "started", addresses: batch.addresses, descriptors: batch.descriptors });
  try {
    loop(batch, desk, life);
  } catch (error) {
    report({ kind: "broken", error: describe(error), packet: batch.current().subarray(0, MAX_REPORTED) });
  } finally {
    // The word first: were the thread terminated in between, a descriptor stays open rather than another's be closed.
    life.socketsOpen(false);
    batch.close();
    desk.receiver.close();
  }
}

function loop(batch: UdpBatch, desk: Desk, life: WorkerLife): void {
  const handler: UdpHandler = (query, length, reply, from) => desk.answer(query, length, reply, "udp", from);
  const { counters, receiver } = desk;
  let more = false;
  const received = (): void => {
    more = true;
    for (let taken = 0; more && taken < TAKEN_AT_ONCE; taken++) more = receiver.poll();
  };
  while (!life.turn()) {
    desk.tick();
    // With more to take from control, datagrams are served as they are there, and waited for when all is taken.
    const waited = !more;
    const served = batch.serve(handler, waited, received);
    if (served === 0 && waited && !more) desk.idle();
    counters.set(Counter.Unusable, batch.counters.unusable);
    counters.set(Counter.Unsent, batch.counters.unsent);
  }
  // What the kernel holds already was asked before we said goodbye.
  batch.serve(handler, false);
}

function report(message: WorkerReport): void {
  parentPort!.postMessage(message);
}

function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

run(workerData as WorkerTask);

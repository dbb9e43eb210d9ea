/** Worker entry: UDP by `node:dgram` on the event loop, where the fast path is missing. */
import { parentPort, workerData } from "node:worker_threads";
import { openUdpDgram, type ReturnPath, TCP_LIMITS, type UdpDgram } from "#net";
import { Counter } from "#telemetry";
import { Desk, type LateReply } from "./desk.ts";
import { MAX_REPORTED, WorkerLife, type WorkerReport, type WorkerTask } from "./life.ts";

/** How often the stop word is looked at. */
const TURN_MS = 50;

async function run(task: WorkerTask): Promise<void> {
  let sockets: UdpDgram | undefined;
  const limits = { ...TCP_LIMITS, ...task.tcpLimits };
  const late: LateReply = (token, message) => {
    if (message !== undefined) sockets?.send(token as ReturnPath, message);
  };
  const desk = new Desk(task, limits, late, (zoneId, reason) => report({ kind: "zone", zoneId, reason }));
  const life = new WorkerLife(task.life);
  const end = (): void => {
    clearInterval(timer);
    sockets?.close();
    desk.receiver.close();
  };
  const opened = await openUdpDgram({
    addresses: task.addresses,
    handler: (query, length, reply, from) => desk.answer(query, length, reply, "udp", from),
    onBroken: (error, datagram) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      report({ kind: "broken", error: text, packet: datagram.subarray(0, MAX_REPORTED) });
      end();
    },
  });
  if (!opened.ok) {
    report({ kind: "failed", error: opened.error });
    desk.receiver.close();
    return;
  }
  sockets = opened.value;
  const { counters } = sockets;
  const timer = setInterval(() => {
    desk.tick();
    desk.counters.set(Counter.Unusable, counters.unusable);
    desk.counters.set(Counter.Unsent, counters.unsent);
    if (life.turn()) end();
  }, TURN_MS);
  desk.receiver.listen();
  report({ kind: "started", addresses: opened.value.addresses, descriptors: [] });
}

function report(message: WorkerReport): void {
  parentPort!.postMessage(message);
}

await run(workerData as WorkerTask);

/** Worker entry: DNS over TCP on the event loop; the same desk. */
import { parentPort, workerData } from "node:worker_threads";
import { openTcpServer, TCP_LIMITS, type TcpConnection, type TcpServer } from "#net";
import { Counter } from "#telemetry";
import { type Asker, Desk, type LateReply } from "./desk.ts";
import { MAX_REPORTED, WorkerLife, type WorkerReport, type WorkerTask } from "./life.ts";

/** How often the stop word is looked at. */
const TURN_MS = 50;
/** A DNS message over TCP has no other bound (RFC 1035 section 4.2.2). */
const MAX_MESSAGE = 65_535;

async function run(task: WorkerTask): Promise<void> {
  const limits = { ...TCP_LIMITS, ...task.tcpLimits };
  /** Connections that wait for an answer from control; the token is the key. */
  const waiting = new Map<number, TcpConnection>();
  let lastToken = 0;
  const late: LateReply = (token, message, more) => {
    const connection = waiting.get(token as number);
    if (connection === undefined) return;
    if (message !== undefined) connection.send(message);
    if (more) return;
    waiting.delete(token as number);
    connection.settle();
  };
  const desk = new Desk(task, limits, late, (zoneId, reason) => report({ kind: "zone", zoneId, reason }));
  const reply = new Uint8Array(MAX_MESSAGE);
  const answer = (connection: TcpConnection, message: Uint8Array): void => {
    const { clientAddress, clientPort } = connection;
    const from: Asker = { clientAddress, clientPort, returnPath: () => ++lastToken };
    const length = desk.answer(message, message.length, reply, "tcp", from);
    if (length > 0) connection.send(reply.subarray(0, length));
    else if (desk.forwarded) {
      waiting.set(lastToken, connection);
      connection.expect();
    }
  };
  let server: TcpServer | undefined;
  const opened = await openTcpServer({
    addresses: task.addresses,
    limits,
    onMessage: (connection, message) => {
      try {
        answer(connection, message);
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        report({ kind: "broken", error: text, packet: new Uint8Array(message.subarray(0, MAX_REPORTED)) });
        if (server !== undefined) end(server, 0);
      }
    },
    onClose: (connection) => {
      for (const [token, other] of waiting) if (other === connection) waiting.delete(token);
    },
  });
  if (!opened.ok) {
    report({ kind: "failed", error: opened.error });
    desk.receiver.close();
    return;
  }
  server = opened.value;
  const life = new WorkerLife(task.life);
  const { counters } = server;
  const timer = setInterval(() => {
    desk.tick();
    desk.counters.set(Counter.TcpConnections, counters.accepted);
    desk.counters.set(Counter.TcpRefused, counters.refused);
    desk.counters.set(Counter.TcpEvicted, counters.evicted + counters.idle + counters.slow + counters.stalled);
    if (life.turn()) end(opened.value, task.drainMs);
  }, TURN_MS);
  let ending = false;
  function end(of: TcpServer, graceMs: number): void {
    if (ending) return;
    ending = true;
    void of.close(graceMs).then(() => {
      clearInterval(timer);
      desk.receiver.close();
    });
  }
  desk.receiver.listen();
  report({ kind: "started", addresses: server.addresses, descriptors: [] });
}

function report(message: WorkerReport): void {
  parentPort!.postMessage(message);
}

await run(workerData as WorkerTask);

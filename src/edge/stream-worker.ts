/** Worker entry: DNS over TCP and TLS on the event loop; the same desk. */
import { parentPort, workerData } from "node:worker_threads";
import { openTcpServer, TCP_LIMITS, type TcpConnection, type TcpLimits, type TcpServer } from "#net";
import { Counter } from "#telemetry";
import { type Asker, Desk, type LateReply } from "./desk.ts";
import { MAX_REPORTED, type StreamOrder, WorkerLife, type WorkerReport, type WorkerTask } from "./life.ts";

/** How often the stop word is looked at. */
const TURN_MS = 50;
/** A DNS message over TCP has no other bound (RFC 1035 section 4.2.2). */
const MAX_MESSAGE = 65_535;

async function run(task: WorkerTask): Promise<void> {
  const limits = { ...TCP_LIMITS, ...task.tcpLimits };
  /** Connections that wait for an answer from control; the token is the key. */
  const waiting = new Map<number, TcpConnection>();
  let lastToken = 0;
  const late: LateReply = (token, message, more, room) => {
    const connection = waiting.get(token as number);
    if (connection === undefined) {
      room?.(false);
      return;
    }
    // It came from another thread, so that it is ours alone.
    if (message !== undefined && room !== undefined) connection.giveFramed(message, room);
    else if (message !== undefined) connection.give(message);
    if (more) return;
    waiting.delete(token as number);
    connection.settle();
  };
  const desk = new Desk(task, limits, late, (zoneId, reason) => report({ kind: "zone", zoneId, reason }));
  const reply = new Uint8Array(MAX_MESSAGE);
  const answer = (connection: TcpConnection, message: Uint8Array): void => {
    const { clientAddress, clientPort, tls } = connection;
    const from: Asker = { clientAddress, clientPort, tls, returnPath: () => ++lastToken };
    const length = desk.answer(message, message.length, reply, tls ? "tls" : "tcp", from);
    if (length > 0) connection.send(reply.subarray(0, length));
    else if (desk.forwarded) {
      waiting.set(lastToken, connection);
      connection.expect();
    }
  };
  const servers = await openServers(task, limits, {
    onMessage: (connection, message) => {
      try {
        answer(connection, message);
      } catch (error) {
        const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
        report({ kind: "broken", error: text, packet: new Uint8Array(message.subarray(0, MAX_REPORTED)) });
        end(0);
      }
    },
    onClose: (connection) => {
      for (const [token, other] of waiting) if (other === connection) waiting.delete(token);
    },
  });
  if (!servers) {
    desk.receiver.close();
    return;
  }
  const life = new WorkerLife(task.life);
  const timer = setInterval(() => {
    desk.tick();
    count(desk, servers);
    if (life.turn()) end(task.drainMs);
  }, TURN_MS);
  let ending = false;
  function end(graceMs: number): void {
    if (ending || !servers) return;
    ending = true;
    void Promise.all([servers.tcp.close(graceMs), servers.tls?.close(graceMs)]).then(() => {
      clearInterval(timer);
      desk.receiver.close();
    });
  }
  parentPort!.on("message", (order: StreamOrder) => servers.tls?.renewTls(order.settings));
  // Orders must not keep a thread that has nothing else left.
  parentPort!.unref();
  desk.receiver.listen();
  const tlsAddresses = servers.tls ? { tlsAddresses: servers.tls.addresses } : {};
  report({ kind: "started", addresses: servers.tcp.addresses, ...tlsAddresses, descriptors: [] });
}

type Servers = { readonly tcp: TcpServer; readonly tls: TcpServer | undefined };
type Handlers = Pick<Parameters<typeof openTcpServer>[0], "onMessage" | "onClose">;

/** Both or none; what can't be opened is reported. */
async function openServers(task: WorkerTask, limits: TcpLimits, handlers: Handlers): Promise<Servers | undefined> {
  const tcp = await openTcpServer({ addresses: task.addresses, limits, ...handlers });
  if (!tcp.ok) {
    report({ kind: "failed", error: tcp.error });
    return undefined;
  }
  if (!task.tls) return { tcp: tcp.value, tls: undefined };
  const { addresses, settings } = task.tls;
  const tls = await openTcpServer({ addresses, limits, tls: settings, ...handlers });
  if (tls.ok) return { tcp: tcp.value, tls: tls.value };
  report({ kind: "failed", error: tls.error });
  await tcp.value.close(0);
  return undefined;
}

function count({ counters }: Desk, { tcp, tls }: Servers): void {
  const sum = (one: (of: TcpServer["counters"]) => number) => one(tcp.counters) + (tls ? one(tls.counters) : 0);
  counters.set(Counter.TcpConnections, tcp.counters.accepted);
  counters.set(
    Counter.TcpRefused,
    sum(({ refused }) => refused),
  );
  counters.set(
    Counter.TcpEvicted,
    sum(({ evicted, idle, slow, stalled }) => evicted + idle + slow + stalled),
  );
  if (!tls) return;
  counters.set(Counter.TlsConnections, tls.counters.accepted);
  counters.set(Counter.TlsHandshakesFailed, tls.counters.handshakes);
}

function report(message: WorkerReport): void {
  parentPort!.postMessage(message);
}

await run(workerData as WorkerTask);

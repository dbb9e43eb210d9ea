/**
 * What a resolver sees as one name server, with two behind it: each question goes to the server that the test chose for its
 * type, so that a cached DNSKEY set of one signer meets answers of the other (RFC 8901 section 3). UDP and TCP, loopback.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from "node:dgram";
import { connect, createServer, type Socket as TcpSocket } from "node:net";
import { freePort, LOOPBACK, type Server } from "../peers/index.ts";

/** Which server a question of this type (host order) goes to. */
export type Choice = (type: number) => Server;

export type Router = Server & {
  /** From now on. Forgets what was counted. */
  route(choice: Choice): void;
  /** Questions since `route`, as `PORT TYPE` → how many. */
  readonly asked: ReadonlyMap<string, number>;
  stop(): Promise<void>;
};

/** Exchanges in flight; a question beyond that is dropped, as a busy server would. */
const MAX_IN_FLIGHT = 256;
const EXCHANGE_MILLISECONDS = 3_000;
/** Length prefix of a message over TCP, in octets (RFC 1035 section 4.2.2). */
const PREFIX = 2;

export async function startRouter(first: Choice): Promise<Router> {
  const port = await freePort();
  const asked = new Map<string, number>();
  let choice = first;
  const choose = (query: Uint8Array): Server | undefined => {
    const type = questionType(query);
    if (type === undefined) return undefined;
    const server = choice(type);
    const key = `${server.port} ${type}`;
    asked.set(key, (asked.get(key) ?? 0) + 1);
    return server;
  };
  const stopUdp = await listenUdp(port, choose);
  const stopTcp = await listenTcp(port, choose);
  return {
    address: LOOPBACK,
    port,
    asked,
    route: (next) => {
      choice = next;
      asked.clear();
    },
    stop: async () => {
      await stopUdp();
      await stopTcp();
    },
  };
}

type Choose = (query: Uint8Array) => Server | undefined;

function listenUdp(port: number, choose: Choose): Promise<() => Promise<void>> {
  const socket = createSocket("udp4");
  const open = new Set<UdpSocket>();
  socket.on("message", (query: Buffer, client: RemoteInfo) => {
    const server = choose(query);
    if (!server || open.size >= MAX_IN_FLIGHT) return;
    const upstream = createSocket("udp4");
    open.add(upstream);
    const end = (): void => {
      if (!open.delete(upstream)) return;
      clearTimeout(timer);
      upstream.close();
    };
    const timer = setTimeout(end, EXCHANGE_MILLISECONDS);
    upstream.once("message", (reply) => {
      if (open.has(upstream)) socket.send(reply, client.port, client.address);
      end();
    });
    // A server that is gone: the resolver hears nothing, as it would.
    upstream.once("error", end);
    upstream.send(query, server.port, server.address);
  });
  const stop = (): Promise<void> => {
    for (const upstream of open) upstream.close();
    open.clear();
    return new Promise((resolve) => socket.close(() => resolve()));
  };
  return new Promise((resolve, reject) => {
    socket.once("error", reject);
    socket.bind(port, LOOPBACK, () => resolve(stop));
  });
}

function listenTcp(port: number, choose: Choose): Promise<() => Promise<void>> {
  const open = new Set<TcpSocket>();
  const server = createServer((client) => {
    open.add(client);
    client.setTimeout(EXCHANGE_MILLISECONDS, () => client.destroy());
    client.on("error", () => client.destroy());
    client.on("close", () => open.delete(client));
    readMessages(client, (query) => {
      const target = choose(query);
      if (!target) return void client.destroy();
      const upstream = connect(target.port, target.address);
      upstream.setTimeout(EXCHANGE_MILLISECONDS, () => upstream.destroy());
      upstream.on("error", () => client.destroy());
      readMessages(upstream, (reply) => {
        client.write(framed(reply));
        upstream.destroy();
      });
      upstream.write(framed(query));
    });
  });
  server.maxConnections = MAX_IN_FLIGHT;
  const stop = (): Promise<void> => {
    for (const client of open) client.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, LOOPBACK, () => resolve(stop));
  });
}

/** Whole messages out of a stream; what is kept meanwhile is one message at most, 65,537 octets. */
function readMessages(socket: TcpSocket, take: (message: Buffer) => void): void {
  let pending = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= PREFIX && pending.length >= PREFIX + pending.readUInt16BE(0)) {
      const end = PREFIX + pending.readUInt16BE(0);
      take(pending.subarray(PREFIX, end));
      pending = pending.subarray(end);
    }
  });
}

function framed(message: Uint8Array): Buffer {
  const out = Buffer.alloc(PREFIX + message.length);
  out.writeUInt16BE(message.length, 0);
  out.set(message, PREFIX);
  return out;
}

/** Type of the one question, or undefined when there is none to be seen. Names in questions have no pointers. */
function questionType(query: Uint8Array): number | undefined {
  let at = 12;
  while (at < query.length && query[at]! !== 0) {
    if (query[at]! > 63) return undefined;
    at += query[at]! + 1;
  }
  return at + 4 < query.length ? (query[at + 1]! << 8) | query[at + 2]! : undefined;
}

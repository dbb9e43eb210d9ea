/**
 * Clients of TCP and TLS that want to have it all: every connection there is, each owed more than it reads, TLS that is all handshake and no
 * question. Who behaves is answered all the while.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeQuestion, queryTcp } from "../peers/client.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, makeDirectory, removeDirectory, until } from "../peers/index.ts";
import { type HostilePrimary, startHostilePrimary } from "./primary.ts";
import { connectByHand } from "./tls-by-hand.ts";
import { ALONE, breakages, metric, residentMebibytes, smallZone, tlsEnv } from "./world.ts";

const ZONE = "connections.example.";
/** Of TCP, and as many of TLS. */
const MAX_CONNECTIONS = 60;
/** Some 40 are seen until the collector of garbage has found its pace. */
const GROWTH_MEBIBYTES = 128;
const TXT = 16;
/** More than the kernel takes for a connection: 5,000 octets each. */
const QUESTIONS = 2000;

describe("connections", () => {
  let primary: HostilePrimary;
  let product: Countersign;
  let tlsPort: number;
  let directory: string;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    primary = await startHostilePrimary();
    primary.serve(smallZone(ZONE, 1));
    directory = makeDirectory("connections");
    const tls = await tlsEnv(directory);
    tlsPort = tls.tlsPort;
    product = await startCountersign({
      env: {
        ...ALONE,
        COUNTERSIGN_MAX_TCP_CONNECTIONS: String(MAX_CONNECTIONS),
        COUNTERSIGN_TCP_IDLE_SECONDS: "3",
        ...tls.env,
      },
    });
    const { address, port } = primary;
    const id = await product.addZone({ name: ZONE, primary: { kind: "knot", address, port }, mode: "unsigned" });
    await product.served(id, ZONE, 1);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await product?.stop();
    await primary?.stop();
    if (directory) removeDirectory(directory);
  });

  async function open(host: number, port = product.port): Promise<Socket> {
    const socket = connect({ host: LOOPBACK, port, localAddress: `127.0.3.${host}` });
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => sockets.delete(socket));
    await once(socket, "connect");
    return socket;
  }

  function frames(count: number, name: string, type: number): Buffer {
    const parts: Uint8Array[] = [];
    for (let id = 1; id <= count; id++) {
      const message = encodeQuestion({ name, type, edns: { do: true } }, id);
      parts.push(Uint8Array.of(message.length >> 8, message.length), message);
    }
    return Buffer.concat(parts);
  }

  async function normalClient(): Promise<void> {
    const reply = await queryTcp({ address: LOOPBACK, port: product.port }, { name: `www.${ZONE}`, type: 1 });
    expect([reply[3]! & 15, reply[7]]).toEqual([0, 1]);
  }

  test("every connection there is, asking for much and reading nothing, from three addresses: others are answered", async () => {
    const much = frames(QUESTIONS, `big.${ZONE}`, TXT);
    const greedy: Socket[] = [];
    for (let i = 0; i < MAX_CONNECTIONS; i++) {
      const socket = await open(1 + (i % 3));
      // The first answer is the last that it takes: from then on it is owed some.
      socket.once("data", () => socket.pause());
      socket.write(much);
      greedy.push(socket);
    }
    await until("each was answered", () => greedy.every((socket) => socket.isPaused()));
    for (let i = 0; i < 10; i++) await normalClient();
    expect(await metric(product, "countersign_tcp_refused_total")).toBe(0);
    for (const socket of greedy) socket.destroy();
    await normalClient();
  });

  test("by TLS: a ClientHello octet by octet, records of one octet each: answered", async () => {
    const client = await connectByHand({ host: LOOPBACK, port: tlsPort }, 1);
    client.send(frames(2, `www.${ZONE}`, 1), 1);
    await until("two answers", () => client.received().length > 100);
    client.socket.destroy();
  });

  test("by TLS: new keys without end are no use of a connection: closed, and answers go on", async () => {
    const before = await residentMebibytes(product);
    const clients = await Promise.all(
      Array.from({ length: 5 }, () => connectByHand({ host: LOOPBACK, port: tlsPort })),
    );
    // Each wants an answer with new keys, and reads none.
    for (const { socket } of clients) socket.pause();
    let sent = 0;
    let round = Promise.resolve();
    const flood = setInterval(() => {
      for (const { socket, keyUpdates } of clients)
        if (!socket.destroyed && socket.writableLength < 1 << 16) {
          socket.write(keyUpdates(100));
          sent += 100;
        }
    }, 20);
    for (let i = 0; i < 5; i++) round = round.then(normalClient);
    await round;
    await until("all are closed", () => clients.every(({ socket }) => socket.destroyed));
    clearInterval(flood);
    expect(sent).toBeGreaterThan(0);
    expect((await residentMebibytes(product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
  });

  test.each(["h2", "http/1.1", "doq", "DOT"])("by TLS: ALPN %s is refused in the handshake", async (protocol) => {
    const socket = connectTls({ host: LOOPBACK, port: tlsPort, ALPNProtocols: [protocol], rejectUnauthorized: false });
    const [error] = (await once(socket, "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL");
    await normalClient();
  });

  test("nothing broke", () => {
    expect(breakages(product)).toEqual([]);
  });
});

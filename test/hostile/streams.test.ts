/** TCP clients that mean no good: slow, silent, greedy, rude. None of them may cost the others their answers. */
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encodeQuestion, queryTcp } from "../peers/client.ts";
import { type Countersign, startCountersign } from "../peers/countersign.ts";
import { LOOPBACK, type Peer, startKnot, until } from "../peers/index.ts";
import { ALONE, breakages, metric, residentMebibytes, smallZone } from "./world.ts";

const ZONE = "streams.example.";
const IDLE_CONNECTIONS = 1000;
const PIPELINED = 1000;

describe("TCP", () => {
  let knot: Peer;
  let product: Countersign;
  const sockets = new Set<Socket>();

  beforeAll(async () => {
    knot = await startKnot({ zones: [smallZone(ZONE, 1)] });
    product = await startCountersign({ env: { ...ALONE, COUNTERSIGN_TCP_IDLE_SECONDS: "2" } });
    const id = await product.addZone({ name: ZONE, primary: knot, mode: "live" });
    await product.served(id, ZONE, 1);
  });
  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await product?.stop();
    await knot?.stop();
  });

  /** Each of 127.0.0.0/8 is another client, and has its own limit. */
  function open(client = 1): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({
        host: LOOPBACK,
        port: product.port,
        localAddress: `127.0.1.${client}`,
        allowHalfOpen: true,
      });
      sockets.add(socket);
      socket.once("connect", () => resolve(socket));
      socket.once("error", reject);
      socket.on("error", () => socket.destroy());
      socket.once("close", () => sockets.delete(socket));
    });
  }

  const closed = (socket: Socket): Promise<boolean> =>
    until("the connection to be closed", () => socket.destroyed || socket.readableEnded);

  function frames(count: number, label: string, type: number): Buffer {
    const parts: Buffer[] = [];
    for (let id = 1; id <= count; id++) {
      const message = encodeQuestion({ name: `${label}${ZONE}`, type, edns: { do: true } }, id);
      parts.push(Buffer.from([message.length >> 8, message.length & 255]), Buffer.from(message));
    }
    return Buffer.concat(parts);
  }

  /** Somebody who behaves gets an answer: the right one, and soon. */
  async function normalClient(): Promise<void> {
    const reply = await queryTcp({ address: LOOPBACK, port: product.port }, { name: `www.${ZONE}`, type: 1 });
    expect(reply[3]! & 15).toBe(0);
    expect((reply[6]! << 8) | reply[7]!).toBe(1);
  }

  test("half a frame, then nothing: closed, and it was no use to anybody", async () => {
    for (const start of [[0], [0, 40], [0, 40, 1, 2, 3]]) {
      const socket = await open();
      socket.resume();
      socket.write(Uint8Array.from(start));
      await closed(socket);
    }
    await normalClient();
  });

  test("one octet after the other does not keep a connection", async () => {
    const socket = await open();
    socket.resume();
    const message = frames(1, "www.", 1);
    let sent = 0;
    const slow = setInterval(() => {
      if (socket.writable && sent < message.length - 1) socket.write(message.subarray(sent, ++sent));
    }, 250);
    await closed(socket);
    clearInterval(slow);
    expect(sent).toBeLessThan(message.length);
  });

  test("an empty frame ends the connection", async () => {
    const socket = await open();
    socket.resume();
    socket.write(Uint8Array.of(0, 0));
    await closed(socket);
  });

  test("frames of 64 KiB of rubbish are answered FORMERR or not at all", async () => {
    const socket = await open(2);
    let got = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
    });
    const big = Buffer.alloc(2 + 65_535, 0x3f);
    big.writeUInt16BE(65_535, 0);
    // QUERY, one question: the name never ends.
    big.set([0, 7, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0], 2);
    for (let i = 0; i < 50; i++) socket.write(big);
    socket.write(frames(1, "www.", 1));
    await until("the answer behind the rubbish", () => got.length > 50 * 14 && got.includes("www"));
    expect(got.subarray(2, 6)).toEqual(Buffer.from([0, 7, 0x80, 1]));
  });

  test("a thousand queries at once, then a reset", async () => {
    for (let round = 0; round < 20; round++) {
      const socket = await open(3 + round);
      socket.write(frames(PIPELINED, "big.", 16));
      await sleep(round * 5);
      socket.resetAndDestroy();
    }
    await normalClient();
    expect(breakages(product)).toEqual([]);
  });

  test("a thousand queries at once, all answered, whatever order", async () => {
    const socket = await open(30);
    const ids = new Set<number>();
    let got = Buffer.alloc(0);
    socket.on("data", (chunk: Buffer) => {
      got = Buffer.concat([got, chunk]);
      while (got.length >= 2 && got.length >= 2 + got.readUInt16BE(0)) {
        ids.add(got.readUInt16BE(2));
        got = got.subarray(2 + got.readUInt16BE(0));
      }
    });
    socket.write(frames(PIPELINED, "big.", 16));
    // The client's side is closed before it has its answers: it gets them all the same (RFC 7766 section 6.2.3).
    socket.end();
    await until("all answers", () => ids.size === PIPELINED);
    await closed(socket);
  });

  test("clients that never read: what they are owed is bounded, and in the end they are cut off", async () => {
    const before = await residentMebibytes(product);
    const greedy = await Promise.all(Array.from({ length: 50 }, (_, i) => open(40 + i)));
    // Each asks for 50 MB of answers and takes nothing.
    for (const socket of greedy) {
      socket.pause();
      socket.write(frames(10_000, "big.", 16));
    }
    for (let i = 0; i < 10; i++) {
      await normalClient();
      await sleep(100);
    }
    const grown = (await residentMebibytes(product)) - before;
    // 50 times the backlog's bound, copies on the way, and what a busy heap leaves behind.
    expect(grown).toBeLessThan(160);
    const stalled = async () => (await metric(product, "countersign_tcp_evicted_total")) >= 50;
    await until("those that fetch nothing are reset", stalled, 40_000);
    for (const socket of greedy) socket.destroy();
  });

  test(`${IDLE_CONNECTIONS} idle connections of ten clients: a normal one is served, and they go by themselves`, async () => {
    const idle: Socket[] = [];
    for (let i = 0; i < IDLE_CONNECTIONS; i++) {
      const socket = await open(100 + (i % 10));
      socket.resume();
      idle.push(socket);
    }
    await normalClient();
    await until("all idle connections closed", () => idle.every((socket) => socket.destroyed || socket.readableEnded));
    await normalClient();
  });

  test("one client may not have all connections there are", async () => {
    const all = await Promise.all(Array.from({ length: 300 }, () => open(200)));
    for (const socket of all) socket.resume();
    await until("some of them refused", async () => (await metric(product, "countersign_tcp_refused_total")) >= 100);
    await normalClient();
    for (const socket of all) socket.destroy();
  });

  test("nothing broke", () => {
    expect(breakages(product)).toEqual([]);
  });
});

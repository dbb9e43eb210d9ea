/** A client that follows events and does not read: what is made for it is bounded, and its place comes free when it goes. */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import fastify from "fastify";
import { expect, test } from "vitest";
import type { EventRow } from "#contract";
import { STREAMS_EACH_MAX, StreamPlaces, sendEventStream } from "./event-stream.ts";

/** What the kernel takes on both sides of a connection on loopback, and something. */
const MOST_OCTETS = 24 * 2 ** 20;
const MESSAGE_OCTETS = 64 * 2 ** 10;

test("a slow client holds a bounded number of events, and nothing when it is gone", async () => {
  let made = 0;
  let left = false;
  async function* endless(signal: AbortSignal): AsyncGenerator<EventRow> {
    signal.addEventListener("abort", () => {
      left = true;
    });
    // Ten times what may be made: it ends, should nobody hold it up.
    while (!signal.aborted && made * MESSAGE_OCTETS < 10 * MOST_OCTETS) {
      made++;
      yield { id: made, message: "x".repeat(MESSAGE_OCTETS) } as EventRow;
    }
  }
  const followEvents = async (_: unknown, signal: AbortSignal) => ({ ok: true, value: endless(signal) });
  const watcher = { service: { followEvents }, may: () => true } as unknown as Parameters<typeof sendEventStream>[0];
  const app = fastify();
  app.get("/events", (request, reply) => sendEventStream(watcher, {} as never, request, reply));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  try {
    await once(socket, "connect");
    socket.pause();
    socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
    let before = -1;
    await expect
      .poll(
        () => {
          const still = made > 0 && made === before;
          before = made;
          return still;
        },
        { interval: 500, timeout: 20_000 },
      )
      .toBe(true);
    expect(made * MESSAGE_OCTETS).toBeLessThan(MOST_OCTETS);
    expect(left).toBe(false);
  } finally {
    socket.destroy();
  }
  await expect.poll(() => left, { timeout: 20_000 }).toBe(true);
  await app.close();
});

test("who goes before his stream begins keeps no place", async () => {
  const places = new StreamPlaces();
  let followed: AbortSignal | undefined;
  const followEvents = async (_: unknown, signal: AbortSignal) => {
    followed = signal;
    return { ok: true, value: (async function* () {})() };
  };
  const watcher = { service: { followEvents }, may: () => true, places, who: "he" };
  const app = fastify();
  let arrived = false;
  // As long as the look at who asks takes; he is gone meanwhile.
  app.addHook("onRequest", async (_, reply) => {
    arrived = true;
    await once(reply.raw, "close");
  });
  app.get("/events", (request, reply) => sendEventStream(watcher as never, {} as never, request, reply));
  await app.listen({ host: "127.0.0.1", port: 0 });
  const socket = connect((app.server.address() as AddressInfo).port, "127.0.0.1");
  await once(socket, "connect");
  socket.write("GET /events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n");
  await expect.poll(() => arrived).toBe(true);
  socket.destroy();
  await expect.poll(() => followed?.aborted).toBe(true);
  for (let i = 0; i < STREAMS_EACH_MAX; i++) expect(places.take("he")).toBeDefined();
  await app.close();
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import { frame, MessageFramer, openTcpServer, type TcpConnection, type TcpServer, type TcpServerOptions } from "#net";

const cleanups: Array<() => void | Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function serve(options: Omit<TcpServerOptions, "addresses">): Promise<TcpServer> {
  const opened = await openTcpServer({ addresses: [{ address: "127.0.0.1", port: 0 }], ...options });
  if (!opened.ok) throw new Error(opened.error.detail);
  cleanups.push(() => opened.value.close(0));
  return opened.value;
}

const echo = (connection: TcpConnection, message: Uint8Array) => void connection.send(message);

interface Client {
  readonly socket: Socket;
  readonly got: number[][];
  readonly state: { ended: boolean; closed: boolean; error: string };
}

async function dial(server: TcpServer, allowHalfOpen = false, localAddress = "127.0.0.1"): Promise<Client> {
  const socket = connect({ host: "127.0.0.1", port: server.addresses[0]!.port, allowHalfOpen, localAddress });
  const client: Client = { socket, got: [], state: { ended: false, closed: false, error: "" } };
  const framer = new MessageFramer();
  socket.on("data", (chunk) => {
    framer.push(chunk as Uint8Array);
    for (let message = framer.next(); message !== undefined; message = framer.next()) client.got.push([...message]);
  });
  socket.on("end", () => {
    client.state.ended = true;
  });
  socket.on("close", () => {
    client.state.closed = true;
  });
  socket.on("error", ({ code }: NodeJS.ErrnoException) => {
    client.state.error = code ?? "";
  });
  cleanups.push(() => void socket.destroy());
  await once(socket, "connect");
  return client;
}

const within = { timeout: 20_000, interval: 5 };

test("pipelined queries are all answered on one connection, which stays open", async () => {
  const server = await serve({ onMessage: echo });
  const client = await dial(server);
  const messages = Array.from({ length: 500 }, (_, i) => Uint8Array.of(i >> 8, i, 1));
  client.socket.write(Buffer.concat(messages.map(frame)));
  await expect.poll(() => client.got.length, within).toBe(500);
  expect(client.got).toEqual(messages.map((message) => [...message]));
  client.socket.write(frame(Uint8Array.of(9)));
  await expect.poll(() => client.got.length, within).toBe(501);
  expect(client.state.ended).toBe(false);
});

test("framing holds at every split", async () => {
  const server = await serve({ onMessage: echo });
  const two = Buffer.concat([frame(Uint8Array.of(1, 2, 3, 4)), frame(Uint8Array.of(5, 6))]);
  for (let cut = 1; cut < two.length; cut++) {
    const client = await dial(server);
    client.socket.setNoDelay(true);
    client.socket.write(two.subarray(0, cut));
    await sleep(3);
    client.socket.write(two.subarray(cut));
    await expect
      .poll(() => client.got, within)
      .toEqual([
        [1, 2, 3, 4],
        [5, 6],
      ]);
    client.socket.destroy();
  }
});

test("answers made elsewhere may come out of order; the connection waits for them past its idle time", async () => {
  const later: Array<() => void> = [];
  const server = await serve({
    limits: { idleMs: 50 },
    onMessage: (connection, message) => {
      const copy = message.slice();
      if (copy[0] !== 1) return void connection.send(copy);
      connection.expect();
      later.push(() => {
        connection.send(copy);
        connection.settle();
      });
    },
  });
  const client = await dial(server);
  client.socket.write(Buffer.concat([frame(Uint8Array.of(1)), frame(Uint8Array.of(2))]));
  await expect.poll(() => client.got, within).toEqual([[2]]);
  await sleep(600);
  expect(client.state.closed).toBe(false);
  later[0]!();
  await expect.poll(() => client.got, within).toEqual([[2], [1]]);
  await expect.poll(() => client.state.closed, within).toBe(true);
  expect(server.counters.idle).toBe(1);
});

test("a client that closed its side still gets what it asked for, then the end", async () => {
  let answer: (() => void) | undefined;
  const server = await serve({
    onMessage: (connection, message) => {
      const copy = message.slice();
      connection.expect();
      answer = () => {
        connection.send(copy);
        connection.settle();
      };
    },
  });
  const client = await dial(server, true);
  client.socket.end(frame(Uint8Array.of(7)));
  await expect.poll(() => answer !== undefined, within).toBe(true);
  await sleep(20);
  expect(client.state.ended).toBe(false);
  answer!();
  await expect.poll(() => client.got, within).toEqual([[7]]);
  await expect.poll(() => client.state.ended, within).toBe(true);
});

test("more from one client than allowed are refused at once; room comes back when they go", async () => {
  const server = await serve({ limits: { maxPerClient: 2 }, onMessage: echo });
  const first = await dial(server);
  await dial(server);
  const third = await dial(server);
  await expect.poll(() => third.state.closed, within).toBe(true);
  expect(server.counters.refused).toBe(1);
  first.socket.destroy();
  await expect.poll(() => server.connectionCount, within).toBe(1);
  const fourth = await dial(server);
  fourth.socket.write(frame(Uint8Array.of(4)));
  await expect.poll(() => fourth.got, within).toEqual([[4]]);
});

test("at the limit in all, the connection unused for longest makes room; busy ones are never evicted", async () => {
  const server = await serve({
    limits: { maxConnections: 3 },
    onMessage: (connection, message) => {
      if (message[0] === 0) connection.expect();
      else connection.send(message);
    },
  });
  const busy = await dial(server);
  busy.socket.write(frame(Uint8Array.of(0)));
  const old = await dial(server);
  const recent = await dial(server);
  for (const client of [old, recent]) {
    client.socket.write(frame(Uint8Array.of(1)));
    await expect.poll(() => client.got.length, within).toBe(1);
  }
  const fresh = await dial(server);
  fresh.socket.write(frame(Uint8Array.of(2)));
  await expect.poll(() => fresh.got, within).toEqual([[2]]);
  expect(old.state.closed).toBe(true);
  expect([busy, recent].map((client) => client.state.closed)).toEqual([false, false]);
  expect(server.counters.evicted).toBe(1);
});

test("an idle client is closed; one that trickles octets of a message too", async () => {
  const server = await serve({ limits: { idleMs: 100, messageMs: 100 }, onMessage: echo });
  const idle = await dial(server);
  const slow = await dial(server);
  const trickle = setInterval(() => slow.socket.write(Uint8Array.of(0)), 20);
  slow.socket.write(Uint8Array.of(0xff, 0xff));
  await expect.poll(() => idle.state.closed && slow.state.closed, within).toBe(true);
  clearInterval(trickle);
  expect(server.counters).toMatchObject({ idle: 1, slow: 1 });
});

test("a client that fetches nothing stops being read, is kept within the backlog, and is reset", async () => {
  const answer = new Uint8Array(60_000);
  let asked = 0;
  const server = await serve({
    limits: { maxBacklogOctets: 128 * 1024, stallMs: 300 },
    onMessage: (connection) => {
      asked++;
      connection.send(answer);
    },
  });
  const client = await dial(server);
  client.socket.pause();
  const query = Buffer.concat(Array.from({ length: 2000 }, () => frame(Uint8Array.of(1, 2))));
  client.socket.write(query);
  await expect.poll(() => server.counters.stalled, within).toBe(1);
  // Kernel buffers take some megabytes; 2000 answers would be 120.
  expect(asked).toBeLessThan(400);
  // The reset is counted first, the connection is gone when its socket has closed.
  await expect.poll(() => server.connectionCount, within).toBe(0);
  // An orderly end would come behind all that the kernel has for it, and megabytes stay there as long as it does not read.
  client.socket.resume();
  await expect.poll(() => client.state.error, within).toBe("ECONNRESET");
});

test("too many unanswered forwarded queries stop the reading, not the connection", async () => {
  const open: TcpConnection[] = [];
  const server = await serve({
    limits: { maxPending: 4 },
    onMessage: (connection) => {
      connection.expect();
      open.push(connection);
    },
  });
  const client = await dial(server);
  client.socket.write(Buffer.concat(Array.from({ length: 10 }, (_, i) => frame(Uint8Array.of(i)))));
  await expect.poll(() => open.length, within).toBe(4);
  await sleep(30);
  expect(open.length).toBe(4);
  for (let i = 0; i < 4; i++) open[i]!.settle();
  await expect.poll(() => open.length, within).toBe(8);
  for (let i = 4; i < 8; i++) open[i]!.settle();
  await expect.poll(() => open.length, within).toBe(10);
});

test("clients that ask for thousands at once and clients that ask for one have turns", async () => {
  const order: number[] = [];
  const server = await serve({
    onMessage: (connection, message) => {
      order.push(message[0]!);
      connection.send(message);
    },
  });
  const greedy = await dial(server);
  const modest = await dial(server);
  greedy.socket.write(Buffer.concat(Array.from({ length: 5000 }, () => frame(Uint8Array.of(1)))));
  modest.socket.write(frame(Uint8Array.of(2)));
  await expect.poll(() => greedy.got.length + modest.got.length, within).toBe(5001);
  // Both were there when the server looked, the greedy one first.
  expect(order.indexOf(2)).toBeLessThan(4000);
});

test("a client that closed its side with thousands of questions waiting gets all answers, then the end", async () => {
  const server = await serve({ onMessage: echo });
  const client = await dial(server, true);
  client.socket.end(Buffer.concat(Array.from({ length: 5000 }, (_, i) => frame(Uint8Array.of(i >> 8, i)))));
  await expect.poll(() => client.state.ended, within).toBe(true);
  expect(client.got).toEqual(Array.from({ length: 5000 }, (_, i) => [i >> 8, i & 255]));
});

test("so many questions without any answer, and the end: the connection ends", async () => {
  const server = await serve({ onMessage: () => undefined });
  const client = await dial(server, true);
  client.socket.end(Buffer.concat(Array.from({ length: 5000 }, () => frame(Uint8Array.of(1)))));
  await expect.poll(() => client.state.ended, within).toBe(true);
});

test("a full house of busy connections: one goes of the client that has most, the quietest, at once", async () => {
  const server = await serve({
    limits: { maxConnections: 8 },
    onMessage: (connection, message) => {
      if (message[0] === 0) connection.expect();
      else connection.send(message);
    },
  });
  const greedy: Client[] = [];
  for (const host of [2, 3, 3, 2, 3, 3, 2, 3]) {
    const client = await dial(server, false, `127.0.0.${host}`);
    client.socket.write(frame(Uint8Array.of(0)));
    greedy.push(client);
    await expect.poll(() => server.busyCount, within).toBe(greedy.length);
  }
  for (const host of [1, 4]) {
    const fresh = await dial(server, false, `127.0.0.${host}`);
    fresh.socket.write(frame(Uint8Array.of(0)));
    await expect.poll(() => server.busyCount, within).toBe(8);
    await expect.poll(() => server.counters.accepted, within).toBe(host === 1 ? 9 : 10);
  }
  await expect.poll(() => greedy.filter(({ state }) => state.closed).length, within).toBe(2);
  expect(greedy.map(({ state }) => state.error)).toEqual(["", "ECONNRESET", "ECONNRESET", "", "", "", "", ""]);
  expect(server.counters).toMatchObject({ evicted: 2, refused: 0 });
});

test("an empty message ends the connection", async () => {
  const server = await serve({ onMessage: echo });
  const client = await dial(server);
  client.socket.write(Buffer.concat([frame(Uint8Array.of(1)), Uint8Array.of(0, 0), frame(Uint8Array.of(2))]));
  await expect.poll(() => client.state.closed, within).toBe(true);
  expect(client.got).not.toContainEqual([2]);
});

test("keepalive gets shorter as connections get scarce, and 0 while draining", async () => {
  const server = await serve({ limits: { maxConnections: 4, idleMs: 8000 }, onMessage: echo });
  expect(server.keepaliveMs).toBe(8000);
  for (let i = 0; i < 3; i++) await dial(server);
  await expect.poll(() => server.connectionCount, within).toBe(3);
  expect(server.keepaliveMs).toBe(4000);
  await dial(server);
  await expect.poll(() => server.keepaliveMs, within).toBe(0);
});

test("close waits for answers that are owed, and for no more", async () => {
  let connection: TcpConnection | undefined;
  const server = await serve({
    onMessage: (from) => {
      connection = from;
      from.expect();
    },
  });
  const idle = await dial(server);
  const waiting = await dial(server);
  waiting.socket.write(frame(Uint8Array.of(1)));
  await expect.poll(() => connection !== undefined, within).toBe(true);
  const closed = server.close(60_000);
  await expect.poll(() => idle.state.ended, within).toBe(true);
  expect(waiting.state.ended).toBe(false);
  connection!.send(Uint8Array.of(8));
  connection!.settle();
  await closed;
  await expect.poll(() => waiting.got, within).toEqual([[8]]);
});

test("an address in use is told by its code", async () => {
  const server = await serve({ onMessage: echo });
  const again = await openTcpServer({ addresses: server.addresses, onMessage: echo });
  expect(again).toMatchObject({ ok: false, error: { code: "net.address_in_use" } });
});

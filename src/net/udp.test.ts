import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test } from "vitest";
import {
  MAX_UDP_QUERY,
  openUdpBatch,
  openUdpDgram,
  printAddress,
  type ReturnPath,
  type SocketAddress,
  type UdpHandler,
  type UdpPath,
} from "#net";

const cleanups: Array<() => void | Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** Serves with one of the two paths; the batch, which blocks, is turned by a timer here. */
const PATHS: ReadonlyArray<{
  name: string;
  serve: (addresses: readonly SocketAddress[], handler: UdpHandler, batch?: number) => Promise<UdpPath>;
}> = [
  {
    name: "ffi",
    serve: async (addresses, handler, batch) => {
      const opened = openUdpBatch({ addresses, waitMs: 1, batch });
      if (!opened.ok) throw new Error(opened.error.detail);
      const timer = setInterval(() => opened.value.serve(handler), 1);
      cleanups.push(() => {
        clearInterval(timer);
        opened.value.close();
      });
      return opened.value;
    },
  },
  {
    name: "dgram",
    serve: async (addresses, handler) => {
      const opened = await openUdpDgram({ addresses, handler });
      if (!opened.ok) throw new Error(opened.error.detail);
      cleanups.push(() => opened.value.close());
      return opened.value;
    },
  },
];

const echo: UdpHandler = (query, length, reply) => {
  reply.set(query.subarray(0, length));
  return length;
};

async function client(to: SocketAddress): Promise<Socket> {
  const socket = createSocket(to.address.includes(":") ? "udp6" : "udp4");
  socket.connect(to.port, to.address);
  await once(socket, "connect");
  cleanups.push(() => void socket.close());
  return socket;
}

/** A connected socket takes datagrams from the address it asked alone: the right source address is part of each test. */
async function ask(socket: Socket, octets: Uint8Array): Promise<Uint8Array> {
  const answer = once(socket, "message", { signal: AbortSignal.timeout(5000) });
  socket.send(octets);
  return (await answer)[0] as Uint8Array;
}

async function expectSilence(socket: Socket): Promise<void> {
  let heard = false;
  socket.once("message", () => {
    heard = true;
  });
  await sleep(60);
  expect(heard).toBe(false);
}

const machineAddress = Object.values(networkInterfaces())
  .flat()
  .find((entry) => entry?.family === "IPv4" && !entry.internal)?.address;

for (const { name, serve } of PATHS) {
  for (const address of ["127.0.0.1", "::1"]) {
    test(`${name} ${address}: answers come back, whatever their length`, async () => {
      const path = await serve([{ address, port: 0 }], echo);
      const socket = await client(path.addresses[0]!);
      for (const length of [1, 12, 512, 1232, MAX_UDP_QUERY]) {
        const octets = Uint8Array.from({ length }, (_, i) => i * 7);
        expect([...(await ask(socket, octets))]).toEqual([...octets]);
      }
    });
  }

  test(`${name}: the handler sees the client's address and port, IPv4 and IPv6 at once`, async () => {
    const seen: string[] = [];
    const path = await serve(
      [
        { address: "127.0.0.1", port: 0 },
        { address: "::1", port: 0 },
      ],
      (query, length, reply, from) => {
        seen.push(`${printAddress(from.clientAddress)} ${from.clientPort}`);
        return echo(query, length, reply, from);
      },
    );
    for (const at of path.addresses) {
      const socket = await client(at);
      await ask(socket, Uint8Array.of(1, 2, 3));
      expect(seen.pop()).toBe(`${at.address} ${socket.address().port}`);
    }
  });

  test(`${name}: a wildcard answers from the address that was asked`, async () => {
    const path = await serve([{ address: "0.0.0.0", port: 0 }], echo);
    // Node opens one socket for each address of the machine, each with a port of its own when 0 was asked for.
    const portOf = (address: string) =>
      (path.addresses.find((at) => at.address === address) ?? path.addresses[0]!).port;
    const targets = [
      ...new Set(["127.0.0.1", machineAddress ?? "127.0.0.1", ...(name === "ffi" ? ["127.0.0.2"] : [])]),
    ];
    for (const address of targets) {
      const socket = await client({ address, port: portOf(address) });
      expect([...(await ask(socket, Uint8Array.of(9)))]).toEqual([9]);
    }
  });

  test(`${name}: an IPv6 wildcard takes IPv6 alone`, async () => {
    const path = await serve([{ address: "::", port: 0 }], echo);
    const at = path.addresses.find((bound) => bound.address === "::1") ?? path.addresses[0]!;
    expect([...(await ask(await client({ address: "::1", port: at.port }), Uint8Array.of(5)))]).toEqual([5]);
    const four = await client({ address: "127.0.0.1", port: at.port });
    four.on("error", () => {});
    four.send(Uint8Array.of(5));
    await expectSilence(four);
  });

  test(`${name}: a handler that returns 0 gives silence, and those around it their answers`, async () => {
    const path = await serve([{ address: "127.0.0.1", port: 0 }], (query, length, reply, from) =>
      query[0]! % 3 === 0 ? 0 : echo(query, length, reply, from),
    );
    const socket = await client(path.addresses[0]!);
    const got: number[] = [];
    socket.on("message", (message) => got.push(message[0]!));
    for (let i = 0; i < 100; i++) socket.send(Uint8Array.of(i, i));
    await expect.poll(() => got.length, { timeout: 20_000 }).toBe(66);
    expect(got.sort((a, b) => a - b)).toEqual(Array.from({ length: 100 }, (_, i) => i).filter((i) => i % 3 !== 0));
  });

  test(`${name}: empty and oversized datagrams are counted, never shown`, async () => {
    let calls = 0;
    const path = await serve([{ address: "127.0.0.1", port: 0 }], (query, length, reply, from) => {
      calls++;
      return echo(query, length, reply, from);
    });
    const socket = await client(path.addresses[0]!);
    socket.send(new Uint8Array(0));
    socket.send(new Uint8Array(MAX_UDP_QUERY + 1));
    socket.send(new Uint8Array(20_000));
    expect([...(await ask(socket, Uint8Array.of(7)))]).toEqual([7]);
    expect(calls).toBe(1);
    expect(path.counters.unusable).toBe(3);
    expect(path.counters.received).toBe(4);
  });

  test(`${name}: a late answer finds its way by the return path, after a copy through structuredClone`, async () => {
    for (const address of ["127.0.0.1", "::1", "0.0.0.0"]) {
      const kept: ReturnPath[] = [];
      const path = await serve([{ address, port: 0 }], (_query, _length, _reply, from) => {
        kept.push(structuredClone(from.returnPath()));
        return 0;
      });
      const target = address === "0.0.0.0" ? "127.0.0.1" : address;
      const at = path.addresses.find((bound) => bound.address === target) ?? path.addresses[0]!;
      const socket = await client({ address: target, port: at.port });
      const answer = once(socket, "message", { signal: AbortSignal.timeout(5000) });
      socket.send(Uint8Array.of(1));
      await expect.poll(() => kept.length, { timeout: 20_000 }).toBe(1);
      expect(path.send(kept[0]!, Uint8Array.of(42, 43))).toBe(true);
      expect([...((await answer)[0] as Uint8Array)]).toEqual([42, 43]);
      expect(path.send({ ...kept[0]!, socket: 99 }, Uint8Array.of(1))).toBe(false);
    }
  });

  test(`${name}: several clients at once get their own answers`, async () => {
    const path = await serve([{ address: "127.0.0.1", port: 0 }], echo);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => client(path.addresses[0]!)));
    const answers = await Promise.all(sockets.map((socket, i) => ask(socket, Uint8Array.of(i, 255 - i))));
    for (const [i, answer] of answers.entries()) expect([...answer]).toEqual([i, 255 - i]);
  });

  test(`${name}: an address in use or not ours is told by its code`, async () => {
    const taken = createSocket("udp4");
    taken.bind(0, "127.0.0.1");
    await once(taken, "listening");
    cleanups.push(() => void taken.close());
    await expect(openWith(name, { address: "127.0.0.1", port: taken.address().port })).resolves.toBe(
      "net.address_in_use",
    );
    await expect(openWith(name, { address: "192.0.2.1", port: 0 })).resolves.toBe("net.address_not_available");
    await expect(openWith(name, { address: "localhost", port: 0 })).resolves.toBe("net.bad_address");
  });
}

async function openWith(name: string, at: SocketAddress): Promise<string | undefined> {
  const opened =
    name === "ffi" ? openUdpBatch({ addresses: [at] }) : await openUdpDgram({ addresses: [at], handler: echo });
  if (!opened.ok) return opened.error.code;
  opened.value.close();
  return undefined;
}

test.each([
  ["0.0.0.0", "127.0.0.1", 16],
  ["::", "::1", 32],
])(
  "ffi: answers of %s are bound to the address that was asked, not to the interface it came in by",
  async (wildcard, asked, at) => {
    const kept: ReturnPath[] = [];
    const path = await PATHS[0]!.serve([{ address: wildcard, port: 0 }], (_query, _length, _reply, from) => {
      kept.push(from.returnPath());
      return 0;
    });
    (await client({ address: asked, port: path.addresses[0]!.port })).send(Uint8Array.of(1));
    await expect.poll(() => kept.length, { timeout: 20_000 }).toBe(1);
    const { local } = kept[0]!;
    expect([...local.subarray(at, at + 4)]).toEqual([0, 0, 0, 0]);
    expect(local.includes(1)).toBe(true);
  },
);

test("ffi: slots without an answer do not shift the others, over many batches of every size", async () => {
  const path = await PATHS[0]!.serve(
    [{ address: "127.0.0.1", port: 0 }],
    (query, length, reply, from) => ((query[0]! * 31 + query[1]!) % 5 < 2 ? 0 : echo(query, length, reply, from)),
    7,
  );
  const socket = await client(path.addresses[0]!);
  const got = new Set<number>();
  socket.on("message", (message) => got.add(message[0]! * 256 + message[1]!));
  const wanted: number[] = [];
  for (let i = 0; i < 600; i++) {
    const octets = Uint8Array.of(i >> 8, i & 255, ...new Array(i % 50).fill(1));
    if (((i >> 8) * 31 + (i & 255)) % 5 >= 2) wanted.push(i);
    socket.send(octets);
    if (i % 37 === 0) await sleep(1);
  }
  await expect.poll(() => got.size, { timeout: 20_000 }).toBe(wanted.length);
  expect(wanted.every((i) => got.has(i))).toBe(true);
});

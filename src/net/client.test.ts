import { createSocket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, test, vi } from "vitest";
import { askTcp, askUdp, dialTcp, frame, randomId, type SocketAddress } from "#net";

const cleanups: Array<() => void> = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).reverse()) cleanup();
});

/** example. SOA IN, with this ID. */
function query(id: number): Uint8Array {
  return Uint8Array.of(id >> 8, id, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 7, 101, 120, 97, 109, 112, 108, 101, 0, 0, 6, 0, 1);
}

function answerTo(asked: Uint8Array, change: (answer: Uint8Array) => void = () => {}): Uint8Array {
  const answer = new Uint8Array(asked);
  answer[2] = 0x84;
  change(answer);
  return answer;
}

async function udpServer(
  respond: (asked: Uint8Array, send: (octets: Uint8Array) => void) => void,
): Promise<SocketAddress> {
  const socket = createSocket("udp4");
  socket.on("message", (asked, from) => respond(asked, (octets) => socket.send(octets, from.port, from.address)));
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  cleanups.push(() => socket.close());
  return { address: "127.0.0.1", port: socket.address().port };
}

async function tcpServer(respond: (socket: Socket) => void): Promise<SocketAddress> {
  const server = createServer(respond);
  const sockets = new Set<Socket>();
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  cleanups.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const bound = server.address();
  return { address: "127.0.0.1", port: bound !== null && typeof bound === "object" ? bound.port : 0 };
}

const code = (result: { ok: boolean; error?: { code: string } }) => (result.ok ? "ok" : result.error!.code);

test("UDP: the answer comes, also when its question has another case", async () => {
  const server = await udpServer((asked, send) =>
    send(
      answerTo(asked, (answer) => {
        answer[13]! -= 32;
      }),
    ),
  );
  const asked = query(0x1234);
  const result = await askUdp(asked, { server, timeoutMs: 3000 });
  expect(result.ok && result.value.length).toBe(asked.length);
});

test("UDP: datagrams that are no answer to this query are passed over", async () => {
  const wrong: Array<(answer: Uint8Array) => void> = [
    (answer) => {
      answer[0]! ^= 1;
    },
    (answer) => {
      answer[1]! ^= 128;
    },
    (answer) => {
      answer[2]! &= 0x7f;
    },
    (answer) => {
      answer[2]! |= 0x20;
    },
    (answer) => {
      answer[14]! ^= 1;
    },
    (answer) => {
      answer[22] = 1;
    },
    (answer) => {
      answer[5] = 2;
    },
  ];
  const server = await udpServer((asked, send) => {
    send(new Uint8Array(0));
    send(asked.subarray(0, 11));
    for (const change of wrong) send(answerTo(asked, change));
    send(
      answerTo(asked, (answer) => {
        answer[3] = 5;
      }),
    );
  });
  const result = await askUdp(query(7), { server, timeoutMs: 3000 });
  expect(result.ok && result.value[3]).toBe(5);
});

test("UDP: silence, a dead port, a bad address and an abort have codes", async () => {
  const silent = await udpServer(() => {});
  expect(code(await askUdp(query(1), { server: silent, timeoutMs: 30 }))).toBe("net.timeout");
  const gone = createSocket("udp4");
  gone.bind(0, "127.0.0.1");
  await once(gone, "listening");
  const port = gone.address().port;
  gone.close();
  await once(gone, "close");
  expect(code(await askUdp(query(1), { server: { address: "127.0.0.1", port }, timeoutMs: 3000 }))).toBe("net.refused");
  expect(code(await askUdp(query(1), { server: { address: "ns1.example", port: 53 }, timeoutMs: 10 }))).toBe(
    "net.bad_address",
  );
  const abort = new AbortController();
  const asked = askUdp(query(1), { server: silent, timeoutMs: 60_000, signal: abort.signal });
  abort.abort();
  expect(code(await asked)).toBe("net.aborted");
  expect(code(await askUdp(query(1), { server: silent, timeoutMs: 60_000, signal: abort.signal }))).toBe("net.aborted");
});

test("UDP: each question has a port of its own, from the source address asked for", async () => {
  const ports = new Set<string>();
  const socket = createSocket("udp4");
  socket.on("message", (asked, from) => {
    ports.add(`${from.address} ${from.port}`);
    socket.send(answerTo(asked), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  cleanups.push(() => socket.close());
  const server = { address: "127.0.0.1", port: socket.address().port };
  const answers = await Promise.all(
    Array.from({ length: 10 }, (_, i) => askUdp(query(i), { server, source: "127.0.0.3", timeoutMs: 3000 })),
  );
  expect(answers.every((answer) => answer.ok)).toBe(true);
  expect(ports.size).toBe(10);
  expect([...ports].every((from) => from.startsWith("127.0.0.3 "))).toBe(true);
});

test("IDs spread over all 16 bits", () => {
  const ids = Array.from({ length: 2000 }, () => randomId());
  expect(new Set(ids.map((id) => id >> 12)).size).toBe(16);
  expect(ids.every((id) => Number.isInteger(id) && id >= 0 && id <= 65_535)).toBe(true);
});

test("TCP: one question, one answer; a message with another ID is passed over", async () => {
  const server = await tcpServer((socket) => {
    socket.on("data", (chunk) => {
      const asked = new Uint8Array(chunk as Uint8Array).subarray(2);
      socket.write(
        frame(
          answerTo(asked, (answer) => {
            answer[0]! ^= 255;
          }),
        ),
      );
      socket.write(frame(answerTo(asked)));
    });
  });
  const result = await askTcp(query(99), { server, timeoutMs: 3000 });
  expect(result.ok && result.value[1]).toBe(99);
});

const DIAL = { connectTimeoutMs: 3000, messageTimeoutMs: 3000, totalTimeoutMs: 10_000 };

async function dial(server: SocketAddress, options: Partial<Parameters<typeof dialTcp>[0]> = {}) {
  const session = await dialTcp({ server, ...DIAL, ...options });
  if (!session.ok) throw new Error(session.error.detail);
  cleanups.push(() => session.value.close());
  return session.value;
}

test("TCP session: messages of every size in order, then the end, again and again", async () => {
  const sizes = [1, 12, 65_535, 2, 40_000, 513];
  const server = await tcpServer((socket) => {
    socket.on("data", () => {
      socket.end(Buffer.concat(sizes.map((size, i) => frame(new Uint8Array(size).fill(i)))));
    });
  });
  const session = await dial(server);
  expect(session.send(query(1))).toBe(true);
  for (const [i, size] of sizes.entries()) {
    const message = await session.next();
    expect(message.ok && [message.value.length, message.value[0]]).toEqual([size, i]);
  }
  expect(code(await session.next())).toBe("net.closed");
  expect(code(await session.next())).toBe("net.closed");
  expect(session.received).toEqual({ messages: sizes.length, octets: sizes.reduce((a, b) => a + b) });
  expect(session.send(query(1))).toBe(false);
});

test("TCP session: messages stay whole while the memory they are read into goes round, before and after a rest", async () => {
  const sizes = Array.from({ length: 400 }, (_, i) => 1 + ((i * 7919) % 30_000));
  const all = Buffer.concat(sizes.map((size, i) => frame(new Uint8Array(size).fill(i & 255))));
  const server = await tcpServer((socket) => socket.on("data", () => socket.write(all)));
  const session = await dial(server);
  const take = async (): Promise<Uint8Array> => {
    let last = new Uint8Array(0);
    for (const [i, size] of sizes.entries()) {
      const message = await session.next();
      if (!message.ok) throw new Error(message.error.detail);
      // Others read from their sockets meanwhile.
      if (i % 50 === 0) await sleep(1);
      expect([message.value.length, message.value.every((octet) => octet === (i & 255))]).toEqual([size, true]);
      last = message.value as Uint8Array<ArrayBuffer>;
    }
    return last;
  };
  session.send(query(1));
  const last = await take();
  expect(session.rest() && session.begin({ server, ...DIAL })).toBe(true);
  session.send(query(1));
  await take();
  // Whoever had the exchange before may look at its last message still.
  expect(last.every((octet) => octet === ((sizes.length - 1) & 255))).toBe(true);
});

test("TCP session: cut off in the middle of a message says so", async () => {
  const server = await tcpServer((socket) => {
    socket.on("data", () => {
      socket.write(frame(Uint8Array.of(1)));
      socket.end(Uint8Array.of(0, 10, 1, 2));
    });
  });
  const session = await dial(server);
  session.send(query(1));
  expect((await session.next()).ok).toBe(true);
  const end = await session.next();
  expect(!end.ok && [end.error.code, end.error.detail.includes("middle")]).toEqual(["net.closed", true]);
});

test("TCP session: a primary that sends nothing, or one octet at a time for ever, runs into the limits", async () => {
  const silent = await tcpServer(() => {});
  const first = await dial(silent, { messageTimeoutMs: 40 });
  first.send(query(1));
  expect(code(await first.next())).toBe("net.timeout");
  const trickling = await tcpServer((socket) => {
    const timer = setInterval(() => socket.write(Uint8Array.of(255)), 10);
    socket.on("close", () => clearInterval(timer));
  });
  const second = await dial(trickling, { messageTimeoutMs: 60_000, totalTimeoutMs: 100 });
  expect(code(await second.next())).toBe("net.timeout");
  expect(code(await second.next())).toBe("net.timeout");
});

test("TCP session: more messages or octets than allowed end it, and the connection", async () => {
  let open = 0;
  const endless = await tcpServer((socket) => {
    open++;
    socket.on("error", () => undefined).on("close", () => open--);
    const more = () => {
      while (socket.writable && socket.write(frame(new Uint8Array(1000))));
    };
    socket.on("drain", more);
    more();
  });
  const byCount = await dial(endless, { maxMessages: 5 });
  for (let i = 0; i < 5; i++) expect((await byCount.next()).ok).toBe(true);
  expect(code(await byCount.next())).toBe("net.too_much");
  expect(code(await byCount.next())).toBe("net.too_much");
  const byOctets = await dial(endless, { maxOctets: 2500 });
  for (let i = 0; i < 2; i++) expect((await byOctets.next()).ok).toBe(true);
  expect(code(await byOctets.next())).toBe("net.too_much");
  // It was refused, and read on for ever all the same: 70 GB of a sender that sends without an end.
  await vi.waitFor(() => expect(open).toBe(0), 10_000);
});

test("TCP session: a reader that waits slows the sender down instead of filling memory", async () => {
  let written = 0;
  const server = await tcpServer((socket) => {
    const chunk = frame(new Uint8Array(60_000));
    const more = () => {
      while (socket.writable && socket.write(chunk)) written += chunk.length;
      written += chunk.length;
    };
    socket.on("drain", more);
    more();
  });
  const session = await dial(server);
  await sleep(300);
  const before = written;
  // What the session keeps is a megabyte; the rest is in kernel buffers, and it all stands still.
  expect(before).toBeLessThan(64 << 20);
  await sleep(100);
  expect(written).toBe(before);
  for (let i = 0; i < 400; i++) expect((await session.next()).ok).toBe(true);
  await expect.poll(() => written, { timeout: 20_000 }).toBeGreaterThan(before);
});

test("TCP session: refused, never connecting, aborted", async () => {
  const server = await tcpServer(() => {});
  const session = await dial(server);
  const waiting = session.next();
  session.close();
  expect(code(await waiting)).toBe("net.aborted");
  const abort = new AbortController();
  const aborted = await dial(server, { signal: abort.signal });
  const next = aborted.next();
  abort.abort();
  expect(code(await next)).toBe("net.aborted");
  expect(code(await dialTcp({ server: { address: "127.0.0.1", port: 1 }, ...DIAL }))).toBe("net.refused");
  expect(code(await dialTcp({ server, ...DIAL, signal: abort.signal }))).toBe("net.aborted");
  expect(code(await dialTcp({ server: { address: "x", port: 1 }, ...DIAL }))).toBe("net.bad_address");
});

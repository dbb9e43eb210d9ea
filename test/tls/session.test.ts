import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { connect as connectTls, createServer as createTlsServer, type TLSSocket, type TlsOptions } from "node:tls";
import { afterEach, describe, expect, test } from "vitest";
import type { Result } from "#bytes";
import {
  type DialOptions,
  dialTls,
  frame,
  MessageFramer,
  openTcpServer,
  openTlsClient,
  SessionPool,
  type SocketAddress,
  type TcpServer,
  type TcpServerOptions,
  type TlsSettings,
} from "#net";
import { makeAuthority, makeCertificate, type TestCertificate } from "../peers/certificates.ts";

const cleanups: Array<() => void | Promise<void>> = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const authority = makeAuthority("Test authority");
const good = makeCertificate({ name: "ns1.example", authority });
const expired = makeCertificate({ name: "ns1.example", authority, fromDays: -30, toDays: -1 });
const early = makeCertificate({ name: "ns1.example", authority, fromDays: 2, toDays: 30 });
const selfSigned = makeCertificate({ name: "ns1.example" });
const nameless = makeCertificate({ name: "ns1.example", dnsNames: [], authority });
const client = makeCertificate({ name: "secondary.example", authority });

const STRICT: TlsSettings = { mode: "strict", hostName: "ns1.example", pins: [], ca: authority.certificate };

function settings(more: Partial<TlsSettings>) {
  const opened = openTlsClient({ ...STRICT, ...more });
  if (!opened.ok) throw new Error(opened.error);
  return opened.value;
}

const options = (server: SocketAddress, more: Partial<DialOptions> = {}): DialOptions => ({
  server,
  connectTimeoutMs: 8000,
  messageTimeoutMs: 8000,
  totalTimeoutMs: 20_000,
  ...more,
});

type Peer = { readonly at: SocketAddress; readonly sockets: TLSSocket[]; connections: number };

/** A foreign TLS server; it gives back each message, unless told otherwise. */
async function peer(own: TestCertificate, more: TlsOptions = {}, respond = echo): Promise<Peer> {
  const server = createTlsServer({ cert: own.certificate, key: own.key, ALPNProtocols: ["dot"], ...more });
  server.on("secureConnection", (socket) => {
    found.sockets.push(socket);
    socket.on("error", () => socket.destroy());
    respond(socket);
  });
  server.on("connection", () => {
    found.connections++;
  });
  server.on("tlsClientError", (_, socket) => socket.destroy());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const found: Peer = { at: { address: "127.0.0.1", port: portOf(server) }, sockets: [], connections: 0 };
  cleanups.push(() => {
    for (const socket of found.sockets) socket.destroy();
    server.close();
  });
  return found;
}

function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port;
}

function echo(socket: Socket): void {
  eachMessage(socket, (message) => socket.write(frame(message)));
}

function eachMessage(socket: Socket, take: (message: Uint8Array) => void): void {
  const framer = new MessageFramer();
  socket.on("data", (chunk) => {
    framer.push(chunk as Uint8Array);
    for (let message = framer.next(); message !== undefined; message = framer.next()) take(new Uint8Array(message));
  });
}

const octetsOf = (message: Result<Uint8Array, { code: string }>) =>
  message.ok ? [...message.value] : message.error.code;

async function outcome(at: SocketAddress, more: Partial<TlsSettings> = {}): Promise<string> {
  const dialled = await dialTls(options(at), settings(more));
  if (!dialled.ok) return dialled.error.code;
  dialled.value.send(Uint8Array.of(1, 2, 3));
  const answer = await dialled.value.next();
  dialled.value.close();
  return answer.ok ? dialled.value.tls!.authenticated : answer.error.code;
}

describe("dialTls", () => {
  test("strict: the name is shown, and the facts come back", async () => {
    const { at } = await peer(good);
    const dialled = await dialTls(options(at), settings({}));
    if (!dialled.ok) throw new Error(dialled.error.detail);
    dialled.value.send(Uint8Array.of(7));
    expect(octetsOf(await dialled.value.next())).toEqual([7]);
    dialled.value.close();
    expect(dialled.value.tls).toMatchObject({
      protocol: "TLSv1.3",
      authenticated: "name",
      certificate: { subject: "CN=ns1.example", issuer: "CN=Test authority", names: ["ns1.example"], spki: good.pin },
      own: undefined,
    });
    expect(dialled.value.tls!.certificate.notAfter).toBeGreaterThan(Date.now());
  });

  test.each([
    ["strict: another name", good, { hostName: "ns2.example" }, "tls.wrong-name"],
    ["strict: a common name is no name", nameless, {}, "tls.wrong-name"],
    ["strict: expired", expired, {}, "tls.expired"],
    ["strict: not yet valid", early, {}, "tls.not-yet-valid"],
    ["strict: signed by itself", selfSigned, {}, "tls.untrusted"],
    ["strict: of another authority", good, { ca: makeAuthority("Other").certificate }, "tls.untrusted"],
    ["strict: with the CAs that come with Node", good, { ca: undefined }, "tls.untrusted"],
    ["strict with a pin", good, { pins: [selfSigned.pin, good.pin] }, "name-and-pin"],
    ["strict with a wrong pin", good, { pins: [selfSigned.pin] }, "tls.wrong-pin"],
    ["pinned: one of several", selfSigned, { mode: "pinned", pins: [good.pin, selfSigned.pin] }, "pin"],
    ["pinned: the dates say nothing about the key", expired, { mode: "pinned", pins: [expired.pin] }, "pin"],
    ["pinned: another key", selfSigned, { mode: "pinned", pins: [good.pin] }, "tls.wrong-pin"],
    [
      "pinned: the authority's key is not the server's",
      good,
      { mode: "pinned", pins: [authority.pin] },
      "tls.wrong-pin",
    ],
    ["opportunistic: whoever it is", selfSigned, { mode: "opportunistic" }, "none"],
  ] as const)("%s", async (_, own, more, wanted) => {
    const { at } = await peer(own);
    expect(await outcome(at, more as Partial<TlsSettings>)).toBe(wanted);
  });

  test.each([
    ["no ALPN at all", { ALPNProtocols: [] }, "tls.no-alpn"],
    ["another ALPN", { ALPNProtocols: ["h2"] }, "tls.no-alpn"],
    ["TLS 1.2 alone", { maxVersion: "TLSv1.2", minVersion: "TLSv1.2" }, "tls.version"],
    ["a certificate of ours wanted", { requestCert: true, rejectUnauthorized: true }, "tls.client-certificate"],
  ] as const)("refused in every mode: %s", async (_, more, wanted) => {
    const { at } = await peer(good, { ca: authority.certificate, ...more } as TlsOptions);
    for (const mode of ["strict", "opportunistic"] as const) expect(await outcome(at, { mode })).toBe(wanted);
    expect(await outcome(at, { mode: "pinned", pins: [good.pin] })).toBe(wanted);
  });

  test("mutual: our certificate is shown, and known by the other side", async () => {
    const seen: unknown[] = [];
    const mutual = { requestCert: true, rejectUnauthorized: true, ca: authority.certificate };
    const { at } = await peer(good, mutual, (socket) => {
      seen.push((socket as TLSSocket).getPeerX509Certificate()?.subject);
      echo(socket);
    });
    expect(await outcome(at, { identity: client })).toBe("name");
    expect(seen).toEqual(["CN=secondary.example"]);
  });

  test("a peer that does not speak TLS, says nothing, or hangs up", async () => {
    const kinds: Array<readonly [(socket: Socket) => void, string]> = [
      [(socket) => void socket.write("220 hello\r\n"), "tls.failed"],
      [(socket) => void socket.destroy(), "net.closed"],
      [() => {}, "net.timeout"],
    ];
    for (const [greet, wanted] of kinds) {
      const server = createServer((socket) => {
        socket.on("error", () => {});
        cleanups.push(() => void socket.destroy());
        greet(socket);
      });
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      cleanups.push(() => void server.close());
      const at = { address: "127.0.0.1", port: portOf(server) };
      const dialled = await dialTls(options(at, { connectTimeoutMs: 500 }), settings({}));
      expect(dialled.ok ? "ok" : dialled.error.code).toBe(wanted);
    }
    const nobody = await dialTls(options({ address: "127.0.0.1", port: 1 }), settings({}));
    expect(nobody.ok ? "ok" : nobody.error.code).toBe("net.refused");
  });

  test("settings that can't be used are refused with a reason, never with the key", () => {
    const wrong: Array<readonly [Partial<TlsSettings>, RegExp]> = [
      [{ hostName: undefined }, /host name/],
      [{ mode: "pinned" }, /pin/],
      [{ pins: ["abc"] }, /SHA-256/],
      [{ ca: "nothing" }, /CA: there is no certificate/],
      [{ ca: "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----" }, /CA: certificate 1 can't be read/],
      [{ identity: { certificate: client.certificate, key: good.key } }, /not the certificate's/],
      [{ identity: { certificate: client.certificate, key: "SECRET" } }, /private key can't be read/],
    ];
    for (const [more, reason] of wrong) {
      const opened = openTlsClient({ ...STRICT, ...more } as TlsSettings);
      if (opened.ok) throw new Error("taken");
      expect(opened.error).toMatch(reason);
      expect(opened.error).not.toMatch(/SECRET|PRIVATE/);
    }
  });
});

describe("SessionPool", () => {
  const POOL = { idleMs: 60_000, ageMs: 60_000, maxResting: 2 };

  async function exchange(pool: SessionPool, at: SocketAddress, octet: number, more: Partial<DialOptions> = {}) {
    const opened = await pool.open("key", options(at, more), (o) => dialTls(o, settings({})));
    if (!opened.ok) return opened.error.code;
    opened.value.send(Uint8Array.of(octet));
    const answer = await opened.value.next();
    if (!answer.ok) {
      opened.value.close();
      return answer.error.code;
    }
    const copy = [...answer.value];
    opened.value.release();
    return copy;
  }

  test("exchanges one after the other share a connection; at the same time each has its own", async () => {
    const server = await peer(good);
    const pool = new SessionPool(POOL);
    cleanups.push(() => pool.close());
    for (let i = 0; i < 20; i++) expect(await exchange(pool, server.at, i)).toEqual([i]);
    expect(server.connections).toBe(1);
    const all = await Promise.all([1, 2, 3, 4].map((i) => exchange(pool, server.at, i)));
    expect(all).toEqual([[1], [2], [3], [4]]);
    expect(server.connections).toBe(4);
    expect(pool.restingCount).toBe(2);
  });

  test("bounds are those of one exchange, not of the connection", async () => {
    const server = await peer(good);
    const pool = new SessionPool(POOL);
    cleanups.push(() => pool.close());
    for (let i = 0; i < 5; i++)
      expect(await exchange(pool, server.at, i, { maxMessages: 1, maxOctets: 1 })).toEqual([i]);
    expect(server.connections).toBe(1);
    const opened = await pool.open("key", options(server.at, { maxMessages: 1 }), (o) => dialTls(o, settings({})));
    if (!opened.ok) throw new Error(opened.error.code);
    opened.value.send(Uint8Array.of(1));
    opened.value.send(Uint8Array.of(2));
    expect((await opened.value.next()).ok).toBe(true);
    const second = await opened.value.next();
    expect(second.ok ? "ok" : second.error.code).toBe("net.too_much");
  });

  test("a kept connection that the server closed is replaced, and the question asked again; a new one is not", async () => {
    let served = 0;
    const server = await peer(good, {}, (socket) => {
      eachMessage(socket, (message) => {
        served++;
        // From the second message on a connection it hangs up instead of answering.
        if (socket.listenerCount("x") > 0 || message[0] === 99) socket.destroy();
        else {
          socket.on("x", () => {});
          socket.write(frame(message));
        }
      });
    });
    const pool = new SessionPool(POOL);
    cleanups.push(() => pool.close());
    expect(await exchange(pool, server.at, 1)).toEqual([1]);
    expect(await exchange(pool, server.at, 2)).toEqual([2]);
    expect([served, server.connections]).toEqual([3, 2]);
    // On the kept one, then on a new one, and no third time.
    expect(await exchange(pool, server.at, 99)).toBe("net.closed");
    expect(server.connections).toBe(3);
  });

  test("a server that speaks without being asked is not kept", async () => {
    const server = await peer(good);
    const pool = new SessionPool(POOL);
    cleanups.push(() => pool.close());
    expect(await exchange(pool, server.at, 1)).toEqual([1]);
    server.sockets[0]!.write(frame(Uint8Array.of(9)));
    await once(server.sockets[0]!, "close");
    expect(await exchange(pool, server.at, 2)).toEqual([2]);
    expect(server.connections).toBe(2);
  });

  test("a resting connection is closed when nobody needs it, and with the pool", async () => {
    const server = await peer(good);
    const short = new SessionPool({ ...POOL, idleMs: 20 });
    expect(await exchange(short, server.at, 1)).toEqual([1]);
    await once(server.sockets[0]!, "close");
    expect(short.restingCount).toBe(0);
    const pool = new SessionPool(POOL);
    expect(await exchange(pool, server.at, 1)).toEqual([1]);
    pool.close();
    await once(server.sockets[1]!, "close");
    expect(await exchange(pool, server.at, 1)).toEqual([1]);
    expect(pool.restingCount).toBe(0);
  });

  test("who gave a connection back can't reach it any more", async () => {
    const server = await peer(good);
    const pool = new SessionPool(POOL);
    cleanups.push(() => pool.close());
    const dial = (o: DialOptions) => dialTls(o, settings({}));
    const first = await pool.open("key", options(server.at), dial);
    if (!first.ok) throw new Error(first.error.code);
    first.value.release();
    const second = await pool.open("key", options(server.at), dial);
    if (!second.ok) throw new Error(second.error.code);
    first.value.close();
    expect(first.value.send(Uint8Array.of(1))).toBe(false);
    second.value.send(Uint8Array.of(5));
    expect(octetsOf(await second.value.next())).toEqual([5]);
    expect(server.connections).toBe(1);
  });
});

describe("openTcpServer with TLS", () => {
  async function serve(more: Partial<TcpServerOptions>, tls = {}): Promise<TcpServer> {
    const opened = await openTcpServer({
      addresses: [{ address: "127.0.0.1", port: 0 }],
      tls: { certificate: good.certificate, key: good.key, clientCa: authority.certificate, ...tls },
      onMessage: (connection, message) => void connection.send(message),
      ...more,
    });
    if (!opened.ok) throw new Error(opened.error.detail);
    cleanups.push(() => opened.value.close(0));
    return opened.value;
  }

  const at = (server: TcpServer) => server.addresses[0]!;

  test("answers our own client, knows who it is, and tells a certificate that it verified from one it did not", async () => {
    const seen: unknown[] = [];
    const server = await serve({
      onMessage: (connection, message) => {
        seen.push(connection.tls);
        connection.send(message);
      },
    });
    expect(await outcome(at(server))).toBe("name");
    expect(await outcome(at(server), { identity: client })).toBe("name");
    expect(await outcome(at(server), { identity: selfSigned })).toBe("name");
    expect(seen).toMatchObject([
      { protocol: "TLSv1.3", dot: true },
      { client: { subject: "CN=secondary.example", spki: client.pin, verified: true } },
      { client: { spki: selfSigned.pin, verified: false } },
    ]);
    expect(seen[0]).not.toHaveProperty("client");
  });

  test("without a CA of clients no certificate of theirs is verified", async () => {
    const seen: unknown[] = [];
    const onMessage: TcpServerOptions["onMessage"] = (connection, message) => {
      seen.push(connection.tls?.client?.verified);
      connection.send(message);
    };
    const server = await serve({ onMessage }, { clientCa: undefined });
    expect(await outcome(at(server), { identity: client })).toBe("name");
    expect(seen).toEqual([false]);
  });

  test("no TLS 1.2, no other ALPN, no clear text", async () => {
    const server = await serve({});
    const failed = async (more: object): Promise<string> => {
      const socket = connectTls({ host: "127.0.0.1", port: at(server).port, rejectUnauthorized: false, ...more });
      const [error] = (await once(socket, "error")) as [{ code: string }];
      return error.code;
    };
    expect(await failed({ maxVersion: "TLSv1.2" })).toMatch(/PROTOCOL_VERSION/);
    expect(await failed({ ALPNProtocols: ["h2"] })).toMatch(/NO_APPLICATION_PROTOCOL/);
    const clear = connect(at(server).port, "127.0.0.1");
    clear.on("error", () => {});
    clear.resume();
    clear.write(frame(new Uint8Array(40)));
    await once(clear, "close");
    await expect.poll(() => server.counters).toMatchObject({ accepted: 0, handshakes: 3 });
    await expect.poll(() => server.connectionCount).toBe(0);
  });

  test("without ALPN it answers, and says so", async () => {
    const seen: unknown[] = [];
    const server = await serve({ onMessage: (connection) => void seen.push(connection.tls?.dot) });
    const socket = connectTls({ host: "127.0.0.1", port: at(server).port, rejectUnauthorized: false });
    cleanups.push(() => void socket.destroy());
    socket.write(frame(new Uint8Array(12)));
    await expect.poll(() => seen).toEqual([false]);
  });

  test("a handshake that does not end is ended; until then it counts as this client's connection", async () => {
    const server = await serve({ limits: { messageMs: 300, maxPerClient: 2 } });
    const slow = [1, 2, 3].map(() => {
      const socket = connect(at(server).port, "127.0.0.1");
      socket.on("error", () => {});
      cleanups.push(() => void socket.destroy());
      return once(socket, "close");
    });
    await Promise.all(slow);
    await expect.poll(() => server.counters).toMatchObject({ accepted: 0, refused: 1, handshakes: 2 });
    expect(await outcome(at(server))).toBe("name");
  });

  test("handshakes that do not end keep nobody out: at the limit the one that was begun first goes", async () => {
    const server = await serve({ limits: { messageMs: 60_000, maxPerClient: 100, maxConnections: 4 } });
    const begun: Promise<unknown>[] = [];
    for (let i = 0; i < 8; i++) {
      const socket = connect(at(server).port, "127.0.0.1");
      socket.on("error", () => {});
      cleanups.push(() => void socket.destroy());
      begun.push(once(socket, "close"));
      await once(socket, "connect");
    }
    await Promise.all(begun.slice(0, 4));
    expect(await outcome(at(server))).toBe("name");
    await expect.poll(() => server.counters).toMatchObject({ refused: 0, evicted: 5, handshakes: 5 });
  });

  test("a new certificate is shown from the next handshake on, and old connections go on", async () => {
    const server = await serve({});
    const before = await dialTls(options(at(server)), settings({}));
    if (!before.ok) throw new Error(before.error.code);
    const next = makeCertificate({ name: "ns1.example", authority });
    server.renewTls({ certificate: next.certificate, key: next.key });
    const after = await dialTls(options(at(server)), settings({}));
    if (!after.ok) throw new Error(after.error.code);
    expect([before.value.tls!.certificate.spki, after.value.tls!.certificate.spki]).toEqual([good.pin, next.pin]);
    before.value.send(Uint8Array.of(1));
    expect((await before.value.next()).ok).toBe(true);
    before.value.close();
    after.value.close();
  });
});

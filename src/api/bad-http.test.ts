/** Heads of requests that are not as HTTP wants them, and methods that nobody has: all answered in the envelope. */
import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { Duplex } from "node:stream";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CONNECTIONS_EACH_MAX, Door } from "./door.ts";
import { makeTestApi } from "./testing/listen.ts";
import { ACCOUNT, SECRET } from "./testing/memory-service.ts";

const api = makeTestApi();
let port: number;
beforeAll(async () => {
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.app.close());

const ZONES = "/client/v4/zones";

/** All that came until the server closed. */
async function sent(text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1", () => socket.write(text));
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

type Answer = { status: number; head: string; reasons: string[]; success: boolean };

async function ask(line: string, headers: readonly string[], body = ""): Promise<Answer> {
  const usual = [`authorization: Bearer ${SECRET}`, "connection: close"];
  const text = await sent(`${[line, ...headers, ...usual].join("\r\n")}\r\n\r\n${body}`);
  const end = text.indexOf("\r\n\r\n");
  const { success, errors } = JSON.parse(text.slice(end));
  const head = text.slice(0, end).toLowerCase();
  return { status: Number(text.slice(9, 12)), head, success, reasons: errors.map((e: { reason: string }) => e.reason) };
}

describe("methods", () => {
  it.each(["QUERY", "PURGE", "TRACE", "PROPFIND", "M-SEARCH", "FOO", "get", "X.~!", "PUT"])(
    "%s is 405 with what there is",
    async (method) => {
      const answer = await ask(`${method} ${ZONES}?a=b HTTP/1.1`, ["host: a"]);
      expect(answer).toMatchObject({ status: 405, reasons: ["route.method"], success: false });
      expect(answer.head).toContain("\r\nallow: get, post");
      expect(answer.head).toMatch(/\r\nx-request-id: [0-9a-f]{16}/);
    },
  );

  it("a method that nobody knows, at a path that nobody has, is 405 too", async () => {
    expect(await ask("FOO /nothing HTTP/1.1", ["host: a"])).toMatchObject({ status: 405, reasons: ["route.method"] });
  });

  it("CONNECT gets no tunnel, and is told so", async () => {
    const answer = await ask("CONNECT a.example:443 HTTP/1.1", ["host: a"]);
    expect(answer).toMatchObject({ status: 405, reasons: ["route.method"] });
  });
});

describe("the head", () => {
  it.each([
    ["two Host headers", ["host: a", "host: b"], 400],
    ["two equal ones", ["host: a", "Host: a"], 400],
    ["none", [], 400],
    ["one that is no host", ["host: a/b"], 400],
    ["one with a blank", ["host: a b"], 400],
    ["an unknown expectation", ["host: a", "expect: cake"], 417],
  ])("with %s is refused in the envelope", async (_, headers, status) => {
    const answer = await ask(`GET ${ZONES} HTTP/1.1`, headers);
    expect(answer).toMatchObject({ status, reasons: ["request.invalid"], success: false });
    expect(answer.head).toContain("\r\ncontent-type: application/json");
    expect(answer.head).toContain("\r\ncache-control: no-store");
    expect(answer.head).toMatch(/\r\nx-request-id: [0-9a-f]{16}/);
  });

  it.each([
    ["a name and a port", "HTTP/1.1", ["host: ns1.example.net:8053"]],
    ["an IPv6 address", "HTTP/1.1", ["host: [2001:db8::1]:8053"]],
    ["an empty Host", "HTTP/1.1", ["host:"]],
    ["none, as HTTP/1.0 allows", "HTTP/1.0", []],
  ])("with %s is good", async (_, version, headers) => {
    expect(await ask(`GET ${ZONES} ${version}`, headers)).toMatchObject({ status: 200, success: true });
  });
});

describe("bodies in a coding", () => {
  const body = JSON.stringify({ name: "coded.example", account: { id: ACCOUNT }, type: "secondary" });
  const post = (headers: readonly string[], text = body) =>
    ask(`POST ${ZONES} HTTP/1.1`, ["host: a", "content-type: application/json", ...headers], text);
  const length = `content-length: ${body.length}`;

  it.each(["br, gzip", "gzip", "x-unknown", "identity, br"])(
    "%s: 415 with a code, and nothing is done",
    async (coding) => {
      const answer = await post([length, `content-encoding: ${coding}`]);
      expect(answer).toMatchObject({ status: 415, reasons: ["request.content-encoding"] });
      expect(answer.head).toContain("\r\naccept-encoding: identity");
    },
  );

  it("as a transfer coding likewise", async () => {
    const chunked = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    const answer = await post(["transfer-encoding: gzip, chunked"], chunked);
    expect(answer).toMatchObject({ status: 415, reasons: ["request.content-encoding"] });
    expect((await ask(`GET ${ZONES}?name=coded.example HTTP/1.1`, ["host: a"])).success).toBe(true);
    expect(await post(["transfer-encoding: chunked", "content-encoding: identity"], chunked)).toMatchObject({
      status: 200,
    });
  });
});

/** A client's connection without a network: Node's server takes any stream. */
class Client extends Duplex {
  readonly remoteAddress: string;
  constructor(remoteAddress: string) {
    super();
    this.remoteAddress = remoteAddress;
  }
  override _read(): void {}
  override _write(_: unknown, __: unknown, done: () => void): void {
    done();
  }
}

describe("connections of one address", () => {
  const enter = (address: string) => {
    const client = new Client(address);
    api.app.server.emit("connection", client);
    return client;
  };

  it("have a bound, which others do not feel, and which one that ends makes room below", async () => {
    const own = Array.from({ length: CONNECTIONS_EACH_MAX }, (_, i) => enter(i % 2 ? "192.0.2.1" : "::ffff:192.0.2.1"));
    expect(own.filter(({ destroyed }) => destroyed)).toEqual([]);
    expect(enter("192.0.2.1").destroyed).toBe(true);
    const other = enter("192.0.2.2");
    expect(other.destroyed).toBe(false);
    const closed = once(own[0]!, "close");
    own[0]!.destroy();
    await closed;
    const next = enter("192.0.2.1");
    expect(next.destroyed).toBe(false);
    for (const client of [...own, other, next]) client.destroy();
  });

  it("are one for a /64; who stands for many is held by the bound for all alone", () => {
    const door = new Door(["198.51.100.0/24"]);
    const stay = (address: string) => door.enter(new Client(address));
    for (let i = 0; i < CONNECTIONS_EACH_MAX; i++) expect(stay(`2001:db8::${i.toString(16)}`)).toBe(true);
    expect(stay("2001:db8::ffff:1")).toBe(false);
    expect(stay("2001:db8:0:1::1")).toBe(true);
    for (let i = 0; i <= CONNECTIONS_EACH_MAX; i++)
      for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.2", "198.51.100.7"]) expect(stay(address)).toBe(true);
    expect(door.addressCount).toBe(2);
  });
});

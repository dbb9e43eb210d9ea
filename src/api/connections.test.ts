/** Clients by their sockets: too slow, too large, too many at once, several requests in one breath. */
import { once } from "node:events";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeTestApi } from "./testing/listen.ts";
import { SECRET } from "./testing/memory-service.ts";

const api = makeTestApi({ times: { headSeconds: 1, requestSeconds: 2, lookSeconds: 0.2 } });
let port: number;
beforeAll(async () => {
  await api.app.listen({ host: "127.0.0.1", port: 0 });
  port = (api.app.server.address() as AddressInfo).port;
});
afterAll(() => api.app.close());

const BEARER = `authorization: Bearer ${SECRET}`;
const get = (path: string, more: readonly string[] = []) =>
  `${[`GET ${path} HTTP/1.1`, "host: a", BEARER, ...more].join("\r\n")}\r\n\r\n`;

function open(): Socket {
  const socket = connect({ host: "127.0.0.1", port });
  socket.on("error", () => socket.destroy());
  return socket;
}

/** All that came until the server closed. */
async function said(socket: Socket): Promise<string> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(socket, "close");
  return Buffer.concat(chunks).toString("latin1");
}

async function sent(text: string): Promise<string> {
  const socket = open();
  socket.write(text);
  return said(socket);
}

test("headers that come one octet at a time are given up, in the envelope and with an id", async () => {
  const socket = open();
  const answer = said(socket);
  const drops = setInterval(() => socket.writable && socket.write("x"), 100);
  socket.write("GET /client/v4/user HTTP/1.1\r\nhost: a\r\nx-slow: ");
  const text = await answer;
  clearInterval(drops);
  expect(text).toMatch(/^HTTP\/1\.1 408 /);
  expect(text).toMatch(/\r\nx-request-id: [0-9a-f]{16}\r\n/);
  expect(JSON.parse(text.slice(text.indexOf("\r\n\r\n")))).toMatchObject({ success: false, errors: [{ code: 1004 }] });
});

test("so is a body that does not come, and a connection that says nothing", async () => {
  const body = `POST /client/v4/zones HTTP/1.1\r\nhost: a\r\n${BEARER}\r\ncontent-length: 100\r\n\r\n{`;
  expect(await sent(body)).toMatch(/^HTTP\/1\.1 408 /);
  await said(open());
});

test("headers that are too large are refused in the envelope", async () => {
  const text = await sent(get("/client/v4/user", [`x-large: ${"y".repeat(30_000)}`]));
  expect(text).toMatch(/^HTTP\/1\.1 431 /);
  expect(text).toMatch(/\r\nx-request-id: [0-9a-f]{16}\r\n/);
});

test("several requests in one breath are answered in their order, each with an id of its own", async () => {
  const paths = ["/client/v4/user", "/client/v4/zones", "/client/v4/nothing", "/client/v4/accounts"];
  const last = get("/healthz", ["connection: close"]);
  const text = await sent(paths.map((path) => get(path)).join("") + last);
  const statuses = [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
  expect(statuses).toEqual([200, 200, 404, 200, 200]);
  const ids = [...text.matchAll(/x-request-id: ([0-9a-f]{16})/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(5);
});

test("hundreds of clients that say nothing hold up nobody", async () => {
  const idle = Array.from({ length: 300 }, open);
  await Promise.all(idle.map((socket) => once(socket, "connect")));
  expect(await sent(get("/client/v4/user", ["connection: close"]))).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of idle) socket.destroy();
});

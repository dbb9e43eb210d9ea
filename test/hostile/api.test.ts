/** The API under ten thousand hostile requests: never a 5xx, never a secret where it does not belong, alive afterwards. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { TEST_TOKEN } from "../peers/countersign.ts";
import { LOOPBACK, queryUdp } from "../peers/index.ts";
import { seededRandom } from "./random.ts";
import { hostileRequest, type Ids, learn, type Request, SECRET_MARK } from "./requests.ts";
import { breakages, residentMebibytes, startWorld, type World } from "./world.ts";

const REQUESTS = 10_000;
const AT_ONCE = 8;
const GROWTH_MEBIBYTES = 200;

type Reply = { readonly status: number; readonly head: string; readonly body: string };

/** Nothing between us and the socket: clients' libraries refuse to send what is tested here. */
function send(port: number, octets: Buffer): Promise<Reply | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: LOOPBACK, port });
    const chunks: Buffer[] = [];
    socket.setTimeout(20_000, () => {
      socket.destroy();
      reject(new Error(`no end of the answer to ${octets.toString("latin1").slice(0, 300)}`));
    });
    socket.on("data", (chunk: Buffer) => chunks.push(chunk));
    // A server that closes early resets: what it said before counts.
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      const text = Buffer.concat(chunks).toString("latin1");
      const end = text.indexOf("\r\n\r\n");
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
      resolve(end < 0 ? undefined : { status, head: text.slice(0, end), body: text.slice(end + 4) });
    });
    socket.write(octets);
  });
}

function wire({ method, path, headers, body }: Request): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${LOOPBACK}`, "connection: close", ...headers];
  if (body) lines.push(`content-length: ${body.length}`);
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), body ?? Buffer.alloc(0)]);
}

describe("the API", () => {
  let world: World;
  let ids: Ids;
  let masterKey: string;
  beforeAll(async () => {
    world = await startWorld({ COUNTERSIGN_MAX_ZONES: "40", COUNTERSIGN_LOG_LEVEL: "trace" });
    const { product, zones } = world;
    const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
    const base = `/client/v4/accounts/${account!.id}/secondary_dns`;
    const list = async (path: string) => ((await product.call("GET", path)) as { id: string }[]).map(({ id }) => id);
    for (const ip_range of ["127.0.0.1/32", "127.0.1.0/24"])
      await product.call("POST", `${base}/acls`, { name: "a", ip_range });
    for (let i = 0; i < 5; i++)
      await product.call("POST", `${base}/tsigs`, {
        name: `key${i}.`,
        algo: "hmac-sha256",
        secret: `${SECRET_MARK}AAAA`,
      });
    ids = {
      account: account!.id,
      zones: zones.map(({ id }) => id),
      spareZones: [],
      peers: await list(`${base}/peers`),
      tsigs: await list(`${base}/tsigs`),
      acls: await list(`${base}/acls`),
      records: await list(`/client/v4/zones/${zones[0]!.id}/dns_records`),
    };
    masterKey = readFileSync(join(product.directory, "data", "master-key"), "utf8").trim();
  });
  afterAll(() => world?.stop());

  test(`${REQUESTS} requests`, { timeout: 180_000 }, async () => {
    const random = seededRandom(0xa91);
    const { product } = world;
    const faults: string[] = [];
    const statuses = new Map<number, number>();
    const judge = (request: Request, reply: Reply | undefined): void => {
      const what = `${request.method} ${request.path.slice(0, 120)} ${request.body?.toString("latin1").slice(0, 200) ?? ""}`;
      const fault = faultOf(request, reply, masterKey);
      if (fault && faults.length < 20) faults.push(`${fault}: ${what}`);
      const made = reply?.status === 200 ? /"result":\{"id":"([0-9a-f]{32})"/.exec(reply.body)?.[1] : undefined;
      if (made) learn(ids, request, made);
      statuses.set(reply?.status ?? 0, (statuses.get(reply?.status ?? 0) ?? 0) + 1);
    };
    const round = async (count: number): Promise<void> => {
      let left = count;
      const lane = async (): Promise<void> => {
        while (left-- > 0) {
          const request = hostileRequest(random, ids, TEST_TOKEN);
          judge(request, await send(product.httpPort, wire(request)));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, lane));
    };
    await round(REQUESTS / 10);
    const before = await residentMebibytes(product);
    await round(REQUESTS - REQUESTS / 10);
    expect(faults).toEqual([]);
    // Some of all kinds, or the attack was none.
    for (const status of [200, 400, 401, 404, 405]) expect([...statuses.keys()]).toContain(status);
    expect(statuses.get(0) ?? 0).toBeLessThan(REQUESTS / 50);
    expect((await residentMebibytes(product)) - before).toBeLessThan(GROWTH_MEBIBYTES);
    expect((await fetch(`${product.url}/healthz`)).status).toBe(200);
  });

  test("no secret in the log", () => {
    const log = world.product.process.log();
    expect(log.length).toBeGreaterThan(10_000);
    const found = [SECRET_MARK, TEST_TOKEN, masterKey, "PRIVATE KEY"].filter((secret) => log.includes(secret));
    expect(found).toEqual([]);
    // A P-256 key in PKCS#8 begins so, in base64 and in hex.
    expect(/MIGHAgEAMBMGByqGSM49|308187020100301306072a8648ce3d/i.test(log)).toBe(false);
  });

  test("no secret in the database but sealed", () => {
    const data = join(world.product.directory, "data");
    for (const file of ["countersign.db", "countersign.db-wal"]) {
      const octets = readFileSync(join(data, file));
      for (const secret of [SECRET_MARK, TEST_TOKEN, masterKey]) expect(octets.includes(secret), secret).toBe(false);
    }
  });

  test("requests that are no HTTP, or never end", async () => {
    const { httpPort } = world.product;
    const odd = [
      "\r\n\r\n\r\n\r\n",
      "GET\r\n\r\n",
      "GET / HTTP/9.9\r\n\r\n",
      "GET / HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
      "POST /client/v4/zones HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc",
      `POST /client/v4/zones HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer ${TEST_TOKEN}\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n`,
      `GET / HTTP/1.1\r\nhost: a\r\nx: ${"y".repeat(100_000)}\r\n\r\n`,
      `GET /${"z".repeat(100_000)} HTTP/1.1\r\nhost: a\r\n\r\n`,
      "CONNECT elsewhere.test:80 HTTP/1.1\r\nhost: a\r\n\r\n",
      "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
      `POST /client/v4/zones HTTP/1.1\r\nhost: a\r\nconnection: close\r\nauthorization: Bearer ${TEST_TOKEN}\r\ncontent-length: 2000000\r\n\r\n${"x".repeat(100)}`,
    ];
    const slow = Array.from({ length: 50 }, () => {
      const socket = connect({ host: LOOPBACK, port: httpPort });
      socket.on("error", () => socket.destroy());
      socket.write(
        `POST /client/v4/zones HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${TEST_TOKEN}\r\ncontent-length: 500\r\n\r\n{`,
      );
      return socket;
    });
    for (let i = 0; i < 5; i++) {
      for (const socket of slow) if (socket.writable) socket.write(" ");
      await sleep(100);
    }
    for (const text of odd) {
      const reply = await Promise.race([send(httpPort, Buffer.from(text, "latin1")), sleep(2_000)]).catch(
        () => undefined,
      );
      if (reply) expect(reply.status, text.slice(0, 60)).toBeLessThan(500);
    }
    expect((await fetch(`${world.product.url}/healthz`)).status).toBe(200);
    for (const socket of slow) socket.destroy();
  });

  test("DNS is answered still, and nothing broke", async () => {
    expect(((await world.product.call("GET", "/client/v4/zones")) as unknown[]).length).toBeGreaterThanOrEqual(7);
    for (const { name } of world.zones) {
      const reply = await queryUdp({ address: LOOPBACK, port: world.product.port }, { name: `www.${name}`, type: 1 });
      expect([0, 2, 5]).toContain(reply[3]! & 15);
    }
    expect(breakages(world.product)).toEqual([]);
  });
});

function faultOf(request: Request, reply: Reply | undefined, masterKey: string): string | undefined {
  if (!reply) return undefined;
  if (reply.status >= 500 && !request.path.startsWith("/readyz")) return `${reply.status} ${reply.body.slice(0, 200)}`;
  const whole = reply.head + reply.body;
  if (whole.includes(TEST_TOKEN) || whole.includes(masterKey)) return "a secret of the server's in the answer";
  const path = request.path.split("?")[0]!;
  if (!path.includes("/tsigs") && whole.includes(SECRET_MARK)) return "a secret in the answer";
  const json = /content-type: application\/json/i.test(reply.head);
  const bare = reply.status === 204 || request.method === "HEAD" || request.method === "OPTIONS";
  if (path.startsWith("/client/v4/") && !bare && !json && !/content-type: text\/plain/i.test(reply.head))
    return "not JSON";
  if (json && !bare) {
    try {
      const body = /transfer-encoding: chunked/i.test(reply.head) ? undefined : JSON.parse(reply.body);
      if (body?.success === true && reply.status !== 200) return `success with ${reply.status}`;
    } catch (error) {
      return `broken JSON (${String(error)}) ${reply.body.slice(0, 200)}`;
    }
  }
  return undefined;
}

/**
 * Fifty writers at once on the running product, at the same resources and at others: no update is lost, nothing is answered by a
 * fault, nobody waits for ever, and the audit log has every change with its outcome. And a database that another program holds.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { AuditEntry } from "#contract";
import { type Countersign, startCountersign, TEST_TOKEN, until } from "../peers/index.ts";

const COUNTERS = 10;
const INCREMENTS = 3;
const OTHERS = 40;
const TURNS = 4;
const FIRST_PORT = 1000;
const CHANGED = 412;
const HEADERS = { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" };

type Said = { readonly id: string; readonly status: number; readonly tag: string | null; readonly result: unknown };

let product: Countersign;
let base: string;
const writes: Said[] = [];

async function ask(method: string, path: string, body?: object, more: Readonly<Record<string, string>> = {}) {
  const init = { method, headers: { ...HEADERS, ...more }, ...(body && { body: JSON.stringify(body) }) };
  const response = await fetch(product.url + path, init);
  const { result } = (await response.json()) as { result: unknown };
  const id = response.headers.get("x-request-id")!;
  const said: Said = { id, status: response.status, tag: response.headers.get("etag"), result };
  if (method !== "GET") writes.push(said);
  return said;
}

const idOf = ({ result }: Said): string => (result as { id: string }).id;

beforeAll(async () => {
  product = await startCountersign();
  const [account] = (await product.call("GET", "/client/v4/accounts")) as { id: string }[];
  base = `/client/v4/accounts/${account!.id}/secondary_dns`;
});
afterAll(() => product?.stop());

/** Reads, adds one, writes on condition; as often as somebody else came between. */
async function count(path: string): Promise<void> {
  for (let done = 0; done < INCREMENTS; ) {
    const seen = await ask("GET", path);
    const { name, port } = seen.result as { name: string; port: number };
    const body = { name, ip: "127.0.0.1", port: port + 1 };
    const said = await ask("PUT", path, body, { "if-match": seen.tag! });
    if (said.status === 200) done++;
    else expect(said.status).toBe(CHANGED);
  }
}

/** One of many who change what others change, too, and make and delete what is their own. */
async function work(writer: number, shared: string): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) {
    const paused = (writer + turn) % 2 === 0;
    expect((await ask("PATCH", `/client/v4/zones/${shared}`, { paused })).status).toBe(200);
    const settings = { denial: paused ? "compact" : "chain" };
    expect((await ask("PATCH", `/countersign/v1/zones/${shared}/settings`, settings)).status).toBe(200);
    const dnssec = await ask("PATCH", `/client/v4/zones/${shared}/dnssec`, { dnssec_use_nsec3: paused });
    expect(dnssec.status).toBe(200);
    const made = await ask("POST", "/client/v4/zones", { name: `w${writer}-${turn}.test`, type: "secondary" });
    expect(made.status).toBe(200);
    if (turn % 2 === 0) expect((await ask("DELETE", `/client/v4/zones/${idOf(made)}`)).status).toBe(200);
    // Two of them want the same name, and one gets it.
    const name = `both-${writer >> 1}-${turn}.test`;
    expect([200, 400]).toContain((await ask("POST", "/client/v4/zones", { name, type: "secondary" })).status);
  }
}

test("fifty at once: nothing lost, no fault, every change in the audit log with its outcome", {
  timeout: 240_000,
}, async () => {
  const counter = `${base}/peers/${idOf(await ask("POST", `${base}/peers`, { name: "counter", ip: "127.0.0.1", port: FIRST_PORT }))}`;
  await ask("PUT", counter, { name: "counter", ip: "127.0.0.1", port: FIRST_PORT });
  const shared = idOf(await ask("POST", "/client/v4/zones", { name: "shared.test", type: "secondary" }));
  await Promise.all([
    ...Array.from({ length: COUNTERS }, () => count(counter)),
    ...Array.from({ length: OTHERS }, (_, writer) => work(writer, shared)),
  ]);
  expect((await ask("GET", counter)).result).toMatchObject({ port: FIRST_PORT + COUNTERS * INCREMENTS });
  expect(writes.filter(({ status }) => status >= 500)).toEqual([]);

  const zones: string[] = [];
  for (let page = 1; ; page++) {
    const { result } = await ask("GET", `/client/v4/zones?per_page=50&page=${page}`);
    const names = (result as { name: string }[]).map(({ name }) => name);
    if (names.length === 0) break;
    zones.push(...names);
  }
  const own = Array.from({ length: OTHERS }, (_, writer) => [1, 3].map((turn) => `w${writer}-${turn}.test`)).flat();
  const both = Array.from({ length: OTHERS / 2 }, (_, pair) => [0, 1, 2, 3].map((turn) => `both-${pair}-${turn}.test`));
  expect(zones.toSorted()).toEqual(["shared.test", ...own, ...both.flat()].toSorted());

  const text = await (await fetch(`${product.url}/countersign/v1/audit/export`, { headers: HEADERS })).text();
  const entries = text.trimEnd().split("\n");
  const byRequest = new Map(entries.map((line) => [(JSON.parse(line) as AuditEntry).request_id, JSON.parse(line)]));
  // What a condition stopped was no change.
  const changes = writes.filter(({ status }) => status !== CHANGED);
  expect(changes.filter(({ id, status }) => (byRequest.get(id) as AuditEntry)?.status !== status)).toEqual([]);
  expect([...byRequest.values()].filter(({ outcome }) => outcome === "unfinished")).toEqual([]);
});

test("another program holds the database: said as such, nothing half done, and it goes on", {
  timeout: 240_000,
}, async () => {
  const other = new DatabaseSync(join(product.directory, "data", "countersign.db"));
  other.exec("BEGIN IMMEDIATE");
  const held = await ask(
    "POST",
    `${base}/peers`,
    { name: "held", ip: "127.0.0.1", port: 53 },
    { "idempotency-key": "held" },
  );
  other.exec("ROLLBACK");
  other.close();
  expect(held.status).toBe(503);
  const again = () =>
    ask("POST", `${base}/peers`, { name: "held", ip: "127.0.0.1", port: 53 }, { "idempotency-key": "held" });
  expect((await until("writes go on", again)).status).toBe(200);
  const peers = (await ask("GET", `${base}/peers`)).result as { name: string }[];
  expect(peers.filter(({ name }) => name === "held")).toHaveLength(1);
});

/**
 * The audit log and `kill -9`: whenever the server is killed, no entry claims a change that was not made, no change is without an
 * entry, and whatever was answered has its entry finished with that outcome.
 */
import { join } from "node:path";
import { expect, test } from "vitest";
import type { AuditEntry } from "#contract";
import {
  type Countersign,
  freePort,
  makeDirectory,
  removeDirectory,
  startCountersign,
  TEST_TOKEN,
} from "../peers/index.ts";

const ROUNDS = 2;
const WRITERS = 6;
const HEADERS = { authorization: `Bearer ${TEST_TOKEN}`, "content-type": "application/json" };

type Answered = { readonly requestId: string; readonly status: number; readonly id: string | undefined };

test("kill -9 between an entry, its change and its answer", { timeout: 300_000 }, async () => {
  const directory = makeDirectory("audit");
  const [port, httpPort] = [await freePort(), await freePort()];
  const answered: Answered[] = [];
  let made = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const product = await startCountersign({ directory, port, httpPort });
    await writeUntilKilled(product, answered, 15 + round * 10, () => `peer-${made++}`);
  }
  const product = await startCountersign({ directory, port, httpPort });
  try {
    await judge(product, answered);
  } finally {
    await product.stop();
    removeDirectory(join(directory));
  }
});

/** Makes peers and deletes every third; killed with so many answers, and as many requests on their way as there are writers. */
async function writeUntilKilled(product: Countersign, answered: Answered[], enough: number, name: () => string) {
  const account = ((await product.call("GET", "/client/v4/accounts")) as { id: string }[])[0]!.id;
  const peers = `${product.url}/client/v4/accounts/${account}/secondary_dns/peers`;
  let here = 0;
  let isOver = false;
  const ask = async (method: string, url: string, body?: object) => {
    const response = await fetch(url, { method, headers: HEADERS, body: body ? JSON.stringify(body) : undefined });
    const { result } = (await response.json()) as { result: { id: string } | null };
    const requestId = response.headers.get("x-request-id")!;
    answered.push({ requestId, status: response.status, id: result?.id });
    if (++here >= enough && !isOver) {
      isOver = true;
      product.process.signal("SIGKILL");
    }
    return result?.id;
  };
  const writer = async () => {
    try {
      for (let i = 0; !isOver; i++) {
        const id = await ask("POST", peers, { name: name() });
        if (id && i % 3 === 0 && !isOver) await ask("DELETE", `${peers}/${id}`);
      }
    } catch (error) {
      // Cut off by the kill, and by nothing else.
      if (!isOver) throw error;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, writer));
  await product.process.ended;
}

async function judge(product: Countersign, answered: readonly Answered[]) {
  const account = ((await product.call("GET", "/client/v4/accounts")) as { id: string }[])[0]!.id;
  const path = `/client/v4/accounts/${account}/secondary_dns/peers`;
  const peers = new Set(((await product.call("GET", path)) as { id: string }[]).map(({ id }) => id));
  const text = await (await fetch(`${product.url}/countersign/v1/audit/export`, { headers: HEADERS })).text();
  const entries = text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as AuditEntry);
  expect(answered.length).toBeGreaterThan(ROUNDS * 10);
  // What was answered has its entry, with that outcome.
  const byRequest = new Map(entries.map((entry) => [entry.request_id, entry]));
  expect(answered.filter(({ requestId, status }) => byRequest.get(requestId)?.status !== status)).toEqual([]);
  // What an entry says was done is so.
  const ended = (action: string) =>
    entries.filter((entry) => entry.action === action && entry.outcome === "done").map(({ resource }) => resource.id!);
  const deleted = new Set(ended("peers.delete"));
  const begun = new Set(entries.filter(({ action }) => action === "peers.delete").map(({ resource }) => resource.id));
  expect(ended("peers.create").filter((id) => !peers.has(id) && !begun.has(id))).toEqual([]);
  expect([...deleted].filter((id) => peers.has(id))).toEqual([]);
  // What is there has an entry: finished, or one of those that were cut off.
  const created = new Set(ended("peers.create"));
  const without = [...peers].filter((id) => !created.has(id));
  const cutOff = entries.filter(({ action, outcome }) => action === "peers.create" && outcome === "unfinished");
  expect(without.length).toBeLessThanOrEqual(cutOff.length);
}

import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openDatabase } from "../database.ts";
import { openStore } from "../open.ts";
import type { AuditRow } from "../rows.ts";
import type { Store } from "../store.ts";
import { temporaryDirectory, testSealer } from "../testing/fixtures.ts";
import { auditTable } from "./audit.ts";

let directory: string;
let store: Store;
beforeEach(() => {
  directory = temporaryDirectory();
  store = openStore(directory, testSealer());
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

function row(at: number, change: Partial<AuditRow> = {}): Omit<AuditRow, "id"> {
  return {
    at,
    actorKind: "token",
    actorId: "t1",
    actorName: "API token",
    address: "127.0.0.1",
    action: "peers.update",
    resourceId: null,
    zoneId: null,
    status: null,
    document: { n: at },
    ...change,
  };
}

it("keeps entries, finishes them, and finds them by what they are about", async () => {
  const first = await store.audit.add(row(10));
  const second = await store.audit.add(row(20, { action: "peers.create", actorName: "eve", zoneId: "z" }));
  await store.audit.add(row(30, { action: "peersother.x", address: "192.0.2.1" }));
  await store.audit.finish([
    { id: first, status: 200, resourceId: "r", zoneId: null, document: { n: 11 } },
    { id: second, status: 404, resourceId: null, zoneId: "z", document: { n: 21 } },
  ]);
  const found = async (filter: object) => (await store.audit.list({ limit: 10, ...filter })).map((each) => each.at);
  expect(await found({})).toEqual([30, 20, 10]);
  expect(await found({ order: "oldest" })).toEqual([10, 20, 30]);
  expect(await found({ action: "peers." })).toEqual([20, 10]);
  expect(await found({ action: "peers.update" })).toEqual([10]);
  expect(await found({ outcome: "unfinished" })).toEqual([30]);
  expect(await found({ outcome: "done" })).toEqual([10]);
  expect(await found({ outcome: "refused" })).toEqual([20]);
  expect(await found({ actor: "eve" })).toEqual([20]);
  expect(await found({ actor: "t1" })).toEqual([30, 20, 10]);
  expect(await found({ actor: "t1", limit: 2 })).toEqual([30, 20]);
  expect(await found({ actor: "t1", limit: 2, order: "oldest" })).toEqual([10, 20]);
  expect(await found({ offset: 1, limit: 1 })).toEqual([20]);
  expect([await store.audit.count({}), await store.audit.count({ since: 20, until: 30 })]).toEqual([3, 1]);
  expect(await found({ address: "192.0.2.1" })).toEqual([30]);
  expect(await found({ zoneId: "z" })).toEqual([20]);
  expect(await found({ resourceId: "r" })).toEqual([10]);
  expect(await found({ since: 20, until: 30 })).toEqual([20]);
  expect(await found({ before: second })).toEqual([10]);
  expect(await found({ before: second, order: "oldest" })).toEqual([30]);
  expect((await store.audit.list({ limit: 1, before: second }))[0]).toMatchObject({ status: 200, document: { n: 11 } });
});

it("is bounded: the oldest go", async () => {
  const { db } = openDatabase(join(directory, "other.db"));
  const table = auditTable(db, 5);
  for (let i = 1; i <= 12; i++) await table.add(row(i));
  expect((await table.list({ limit: 100 })).map((each) => each.at)).toEqual([12, 11, 10, 9, 8]);
  await db.destroy();
});

it("keeps answers sealed, one for each key, the newest of them", async () => {
  await store.keptAnswers.claim({ key: "k", request: "r", at: 5 });
  expect(await store.keptAnswers.find("k")).toEqual({ key: "k", request: "r", at: 5, status: null, body: null });
  await expect(store.keptAnswers.claim({ key: "k", request: "r2", at: 6 })).rejects.toThrow();
  await store.keptAnswers.put("k", 200, '{"secret":"very-secret-word"}');
  expect(await store.keptAnswers.find("k")).toMatchObject({ status: 200, body: '{"secret":"very-secret-word"}' });
  for (const file of ["countersign.db", "countersign.db-wal"]) {
    expect(readFileSync(join(directory, file)).includes("very-secret-word")).toBe(false);
  }
  for (let i = 10; i < 20; i++) await store.keptAnswers.claim({ key: `k${i}`, request: "r", at: i });
  await store.keptAnswers.prune(6, 4);
  expect(await store.keptAnswers.find("k")).toBeUndefined();
  expect(await store.keptAnswers.find("k15")).toBeUndefined();
  expect(await store.keptAnswers.find("k16")).toBeDefined();
  await store.keptAnswers.remove("k16");
  expect(await store.keptAnswers.find("k16")).toBeUndefined();
});

/** How long a key against doing twice is remembered, and when it may be used again. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openStore, type Store } from "#store";
import { makeRetryService } from "./audit.ts";

const HOUR_MS = 3_600_000;
let directory: string;
let store: Store;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "countersign-keys-"));
  const sealer = { seal: (plain: Uint8Array) => plain, open: (sealed: Uint8Array) => sealed };
  store = openStore(directory, sealer);
});
afterAll(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

test("a key is remembered for a day, over restarts, with or without its answer; then it is new", async () => {
  let now = Date.UTC(2026, 0, 1);
  const open = () => makeRetryService(store, () => now);
  const keys = open();
  for (const key of ["answered", "cut-off", "large"])
    expect(await keys.claimKey(key, "r")).toEqual({ kind: "claimed" });
  await keys.keepAnswer("answered", { status: 200, body: "{}" });
  await keys.keepAnswer("large", { status: 200, body: "x".repeat(100_000) });
  const kinds = async (request: string) => {
    const again = open();
    const all = [];
    for (const key of ["answered", "cut-off", "large"]) all.push((await again.claimKey(key, request)).kind);
    return all;
  };
  now += 23 * HOUR_MS;
  expect(await kinds("r")).toEqual(["answered", "cut-off", "unkept"]);
  expect(await kinds("other")).toEqual(["other-request", "other-request", "other-request"]);
  now += 2 * HOUR_MS;
  expect(await kinds("r")).toEqual(["claimed", "claimed", "claimed"]);
});

test("a fault of ours decides nothing: the key may be used again", async () => {
  const keys = makeRetryService(store, () => 0);
  await keys.claimKey("fault", "r");
  await keys.keepAnswer("fault", undefined);
  expect(await keys.claimKey("fault", "another")).toEqual({ kind: "claimed" });
});

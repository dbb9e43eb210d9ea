/** What is written along with events: in their transaction, and in that of what they tell of. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openStore, type Store } from "#store";
import type { Logger } from "#telemetry";
import { EventLog } from "./events.ts";

let directory: string;
let store: Store;
let events: EventLog;
/** How many events `along` was given, and what the store had of its own when they were told. */
let told: unknown[];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "countersign-events-"));
  store = openStore(directory, { seal: (plain) => plain, open: (sealed) => sealed });
  const log = { info: () => undefined, error: () => undefined };
  events = new EventLog(store, log as unknown as Logger, () => 7);
  told = [];
  events.writeAlong(async (rows, tables) => {
    expect(await tables.events.list({ limit: 10 })).toHaveLength(rows.length);
    await tables.settings.put("along", rows.length);
  });
  events.onWritten(async (rows) => told.push([rows.length, await store.settings.find("along")]));
});
afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

const happening = (code: string) => ({ level: "info", code, message: "it happened" }) as const;

test("what is written along is there when events are told", async () => {
  events.add(happening("zone.added"));
  events.add(happening("zone.held"));
  await events.flush();
  await expect.poll(() => told).toEqual([[2, 2]]);
});

test("with what they tell of, it is all or nothing", async () => {
  const broken = events.addWith([happening("zone.deleted")], async (tables) => {
    await tables.settings.put("zone", "gone");
    throw new Error("no room");
  });
  await expect(broken).rejects.toThrow("no room");
  expect([await store.settings.find("zone"), await store.settings.find("along")]).toEqual([undefined, undefined]);
  await events.addWith([happening("zone.deleted")], (tables) => tables.settings.put("zone", "gone"));
  await expect.poll(() => told).toEqual([[1, 1]]);
  expect(await store.settings.find("zone")).toBe("gone");
});

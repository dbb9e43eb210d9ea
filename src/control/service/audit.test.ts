/** The audit log when its store fails: what could not be written is told once, and nothing that comes later is lost with it. */
import { expect, test } from "vitest";
import { AuditQuery, type AuditStart } from "#contract";
import type { AuditRow, Store, AuditEnd as StoredEnd } from "#store";
import type { Logger } from "#telemetry";
import { makeAuditService } from "./audit.ts";

const START: AuditStart = {
  actor: { kind: "user", id: "he", name: "he", email: "he@example.com" },
  address: "192.0.2.1",
  userAgent: undefined,
  requestId: "1",
  action: "peers.update",
  method: "PUT",
  path: "/",
  resource: { kind: "peers", id: null },
  zoneId: undefined,
  before: null,
};
const END = { status: 200, error: null, request: null, after: null };

test("an outcome that a reader of the log could not get written does not take the next ones along", async () => {
  const rows: AuditRow[] = [];
  let isFull = false;
  const audit = {
    add: async (row: Omit<AuditRow, "id">) => rows.push({ ...row, id: rows.length + 1 }),
    finish: async (ends: readonly StoredEnd[]) => {
      if (isFull && ends.length > 0) throw new Error("no space left on the disk");
      for (const { id, status } of ends) rows[id - 1] = { ...rows[id - 1]!, status };
    },
    list: async () => rows,
  };
  let told = 0;
  const log = { error: () => told++ } as unknown as Logger;
  const store = { audit } as unknown as Pick<Store, "audit">;
  const service = makeAuditService(
    store,
    () => undefined,
    () => 0,
    log,
  );
  const list = async () => (await service.listAudit(AuditQuery.parse({}))).map(({ outcome }) => outcome);
  const first = (await service.beginAudit(START)).finish(END);
  isFull = true;
  expect(await list()).toEqual(["unfinished"]);
  await first;
  isFull = false;
  await (await service.beginAudit(START)).finish(END);
  expect(await list()).toEqual(["unfinished", "done"]);
  expect(told).toBe(1);
});

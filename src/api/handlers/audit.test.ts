/** The audit log in the provider's form: who leaves out most of it costs no more than reading it. */
import { expect, test } from "vitest";
import type { AuditEntry, AuditQuery } from "#contract";
import { auditHandlers } from "./audit.ts";

const ENTRIES = 3000;
const WANTED = [2500, 1200, 7, 3];

function entry(id: number): AuditEntry {
  return {
    id,
    time: "2026-10-05T09:00:00Z",
    actor: { kind: "user", id: "he", name: "he", email: WANTED.includes(id) ? "she@example.com" : "he@example.com" },
    address: "192.0.2.1",
    user_agent: null,
    request_id: String(id),
    action: "peers.update",
    method: "PUT",
    path: "/",
    outcome: "done",
    status: 200,
    error: null,
    resource: { kind: "peers", id: null },
    zone: null,
    request: null,
    before: null,
    after: null,
  };
}

test("entries that are left out are not asked for one by one, and every other one is found once", async () => {
  let questions = 0;
  const service = {
    getAccount: async () => ({ ok: true, value: { id: "account", name: "account" } }),
    async listAudit({ limit, before = ENTRIES + 1 }: AuditQuery): Promise<readonly AuditEntry[]> {
      questions++;
      const ids = Array.from({ length: Math.min(limit, before - 1) }, (_, i) => before - 1 - i);
      return ids.map(entry);
    },
  };
  const list = async (cursor: number | undefined) => {
    const query = { limit: 2, cursor, "actor_email.not": ["he@example.com"] };
    const call = { asker: { grants: undefined }, service, params: { accountId: "account" }, query };
    const answer = await auditHandlers["auditLogs.list"](call as never);
    if (!answer.ok) throw new Error(answer.error.code);
    return answer.value;
  };
  const first = await list(undefined);
  expect(first.items.map(({ id }) => Number(id))).toEqual([2500, 1200]);
  const second = await list(Number(first.after));
  expect(second.items.map(({ id }) => Number(id))).toEqual([7, 3]);
  expect(await list(Number(second.after))).toEqual({ items: [] });
  expect(questions).toBeLessThan(20);
});

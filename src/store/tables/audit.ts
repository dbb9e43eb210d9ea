/** Who changed what, and the answers that are kept for requests which come twice. */
import type { AuditRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { AuditFilter, AuditTable, KeptAnswerTable, Sealer } from "../store.ts";
import type { Handle } from "./handle.ts";

/** The newest of them stay. */
export const AUDIT_KEPT = 100_000;

type Columns = Omit<Schema["audit"], "id">;

export function auditTable(
  db: Handle,
  kept = AUDIT_KEPT,
  inTransaction: (work: (db: Handle) => Promise<void>) => Promise<void> = (work) => work(db),
): AuditTable {
  return {
    async add(row) {
      const values: Columns = {
        at: row.at,
        actor_kind: row.actorKind,
        actor_id: row.actorId,
        actor_name: row.actorName,
        address: row.address,
        action: row.action,
        resource_id: row.resourceId,
        zone_id: row.zoneId,
        status: row.status,
        document: JSON.stringify(row.document),
      };
      const { insertId } = await db.insertInto("audit").values(values).executeTakeFirstOrThrow();
      const id = Number(insertId);
      if (id > kept)
        await db
          .deleteFrom("audit")
          .where("id", "<=", id - kept)
          .execute();
      return id;
    },
    async finish(ends) {
      if (ends.length === 0) return;
      await inTransaction(async (one) => {
        for (const { id, status, resourceId, zoneId, document, actor } of ends) {
          const found = actor && { actor_kind: actor.kind, actor_id: actor.id, actor_name: actor.name };
          const rest = { status, resource_id: resourceId, zone_id: zoneId, document: JSON.stringify(document) };
          await one
            .updateTable("audit")
            .set({ ...rest, ...found })
            .where("id", "=", id)
            .execute();
        }
      });
    },
    async list(page) {
      let query = narrowed(db, page);
      const backwards = page.order === "oldest";
      if (page.before !== undefined) query = query.where("id", backwards ? ">" : "<", page.before);
      return (
        await query
          .orderBy("id", backwards ? "asc" : "desc")
          .limit(page.limit)
          .execute()
      ).map(read);
    },
  };
}

function narrowed(db: Handle, page: AuditFilter) {
  let query = db.selectFrom("audit").selectAll();
  if (page.zoneId !== undefined) query = query.where("zone_id", "=", page.zoneId);
  if (page.resourceId !== undefined) query = query.where("resource_id", "=", page.resourceId);
  if (page.address !== undefined) query = query.where("address", "=", page.address);
  if (page.since !== undefined) query = query.where("at", ">=", page.since);
  if (page.until !== undefined) query = query.where("at", "<", page.until);
  if (page.outcome === "unfinished") query = query.where("status", "is", null);
  if (page.outcome === "done") query = query.where("status", "<", 400);
  if (page.outcome === "refused") query = query.where("status", ">=", 400);
  if (page.action !== undefined) {
    // `peers` means all of its actions, `peers.update` that one. Only names of routes come here.
    query = page.action.endsWith(".")
      ? query.where("action", ">=", page.action).where("action", "<", `${page.action.slice(0, -1)}/`)
      : query.where("action", "=", page.action);
  }
  if (page.actor !== undefined) {
    const word = page.actor;
    query = query.where((is) => is.or([is("actor_name", "=", word), is("actor_id", "=", word)]));
  }
  return query;
}

function read(row: Columns & { id: number }): AuditRow {
  return {
    id: row.id,
    at: row.at,
    actorKind: row.actor_kind,
    actorId: row.actor_id,
    actorName: row.actor_name,
    address: row.address,
    action: row.action,
    resourceId: row.resource_id,
    zoneId: row.zone_id,
    status: row.status,
    document: JSON.parse(row.document),
  };
}

const CONTEXT = "kept answer";

/** Answers may hold secrets (of a TSIG, of a new token): they are sealed. */
export function keptAnswerTable(db: Handle, sealer: Sealer): KeptAnswerTable {
  return {
    async find(key) {
      const row = await db.selectFrom("kept_answers").selectAll().where("key", "=", key).executeTakeFirst();
      if (!row) return undefined;
      const plain = row.sealed_body === null ? undefined : sealer.open(row.sealed_body, `${CONTEXT}:${key}`);
      const body = plain === undefined ? null : new TextDecoder().decode(plain);
      return { key, request: row.request, at: row.at, status: row.status, body };
    },
    async claim(row) {
      await db
        .insertInto("kept_answers")
        .values({ ...row, status: null, sealed_body: null })
        .execute();
    },
    async put(key, status, body) {
      const sealed = body === null ? null : sealer.seal(new TextEncoder().encode(body), `${CONTEXT}:${key}`);
      await db.updateTable("kept_answers").set({ status, sealed_body: sealed }).where("key", "=", key).execute();
    },
    async remove(key) {
      await db.deleteFrom("kept_answers").where("key", "=", key).execute();
    },
    async prune(olderThan, keep) {
      await db.deleteFrom("kept_answers").where("at", "<", olderThan).execute();
      await db
        .deleteFrom("kept_answers")
        .where("at", "<", (query) =>
          query
            .selectFrom("kept_answers")
            .select("at")
            .orderBy("at", "desc")
            .limit(1)
            .offset(keep - 1),
        )
        .execute();
    },
  };
}

/** Who changed what, and the answers that are kept for requests which come twice. */
import { sql } from "kysely";
import type { AuditRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { AuditFilter, AuditTable, KeptAnswerTable, Sealer } from "../store.ts";
import type { Handle } from "./handle.ts";

/** The newest of them stay. */
export const AUDIT_KEPT = 100_000;

type Columns = Omit<Schema["audit"], "id" | "outcome" | "word">;

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
      return (await rowsOf(db, page)).map(read);
    },
    async count({ since, until }) {
      let query = db.selectFrom("audit").select((row) => row.fn.countAll<number>().as("many"));
      if (since !== undefined) query = query.where("at", ">=", since);
      if (until !== undefined) query = query.where("at", "<", until);
      return (await query.executeTakeFirstOrThrow()).many;
    },
  };
}

/**
 * In the order of ids, out of an index that has them in this order for whatever is asked: a page far behind costs what the first
 * one costs. `offset` goes over so many index entries.
 */
async function rowsOf(db: Handle, page: AuditPage) {
  const { actor } = page;
  if (actor === undefined) return cut(narrowed(db, page).selectAll(), page).execute();
  // By name or by id: the first of both, and of these the first. In one statement they would be sorted, all that there are.
  const by = (column: "actor_name" | "actor_id") =>
    cut(narrowed(db, page).where(column, "=", actor).selectAll(), page).execute();
  const both = [...(await by("actor_name")), ...(await by("actor_id"))];
  const inOrder = [...new Map(both.map((row) => [row.id, row])).values()].sort((one, other) =>
    page.order === "oldest" ? one.id - other.id : other.id - one.id,
  );
  return inOrder.slice(0, page.limit);
}

type AuditPage = Parameters<AuditTable["list"]>[0];

function cut<Query extends Ordered<Query>>(query: Query, page: AuditPage): Query {
  const backwards = page.order === "oldest";
  const from = page.before === undefined ? query : query.where("id", backwards ? ">" : "<", page.before);
  const limited = from.orderBy("id", backwards ? "asc" : "desc").limit(page.limit);
  return page.offset === undefined ? limited : limited.offset(page.offset);
}

/** As much of a query as is cut. */
interface Ordered<Query> {
  where(column: "id", operator: "<" | ">", value: number): Query;
  orderBy(column: "id", direction: "asc" | "desc"): Query;
  limit(limit: number): Query;
  offset(offset: number): Query;
}

/** Ids rise with time, but for clocks that were set back: by no more than this, in milliseconds, and nothing is missed. */
const CLOCK_SLACK_MS = 3_600_000;

function narrowed(db: Handle, page: AuditFilter) {
  let query = db.selectFrom("audit");
  if (page.zoneId !== undefined) query = query.where("zone_id", "=", page.zoneId);
  if (page.resourceId !== undefined) query = query.where("resource_id", "=", page.resourceId);
  if (page.address !== undefined) query = query.where("address", "=", page.address);
  if (page.outcome !== undefined) query = query.where("outcome", "=", OUTCOMES[page.outcome]);
  // Where ids begin and end that can be of the time: the times themselves would be another order.
  const idAt = (side: "first" | "last", at: number) =>
    db
      .selectFrom("audit")
      .select("id")
      .where("at", side === "first" ? ">=" : "<", at)
      .orderBy("at", side === "first" ? "asc" : "desc")
      .orderBy("id", side === "first" ? "asc" : "desc")
      .limit(1);
  if (page.since !== undefined)
    query = query.where("id", ">=", idAt("first", page.since - CLOCK_SLACK_MS)).where(plusAt(), ">=", page.since);
  if (page.until !== undefined)
    query = query.where("id", "<=", idAt("last", page.until + CLOCK_SLACK_MS)).where(plusAt(), "<", page.until);
  // `peers` means all of its actions, `peers.update` that one. Only names of routes come here.
  if (page.action?.endsWith(".")) query = query.where("word", "=", page.action.slice(0, -1));
  else if (page.action !== undefined) query = query.where("action", "=", page.action);
  return query;
}

const OUTCOMES = { unfinished: 0, done: 1, refused: 2 } as const;

/** The column, by no index: it is looked at, not looked up. */
function plusAt() {
  return sql<number>`+at`;
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

/**
 * What happened: attempts to transfer, and events. Both are bounded: the newest rows stay. Attempts of each direction have a bound of their own, so that
 * a secondary that asks all day takes nothing away of what is known of the primaries.
 */
import { CompiledQuery } from "kysely";
import type { EventRow, TransferRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { EventTable, TransferTable } from "../store.ts";
import type { Handle } from "./handle.ts";

export const TRANSFERS_PER_ZONE = 200;
export const TRANSFERS_KEPT = 1_000_000;
export const EVENTS_KEPT = 100_000;

/** `kept` rows of all zones stay. */
export function transferTable(db: Handle, kept = TRANSFERS_KEPT): TransferTable {
  return {
    async add(rows) {
      const known = await knownZones(db, rows);
      const insert = transferInsert(db);
      const added = new Map<string, Pick<TransferRow, "zoneId" | "direction">>();
      let newest = 0;
      for (const row of rows) {
        const id = known.has(row.zoneId) ? await addOne(db, insert, row) : undefined;
        if (id === undefined) continue;
        added.set(`${row.zoneId} ${row.direction}`, row);
        newest = Math.max(newest, id);
      }
      // Each zone once, however many of its attempts came together.
      for (const { zoneId, direction } of added.values()) await pruneZone(db, zoneId, direction);
      if (newest > kept)
        await db
          .deleteFrom("transfers")
          .where("id", "<=", newest - kept)
          .execute();
    },
    async ofZone(zoneId, page) {
      let query = db.selectFrom("transfers").selectAll().where("zone_id", "=", zoneId);
      if (page.before !== undefined) query = query.where("id", "<", page.before);
      if (page.outcomes?.length) query = query.where("outcome", "in", page.outcomes);
      if (page.directions?.length) query = query.where("direction", "in", page.directions);
      if (page.kinds?.length) query = query.where("kind", "in", page.kinds);
      return (await query.orderBy("id", "desc").limit(page.limit).execute()).map(readTransfer);
    },
  };
}

type NewTransfer = Omit<TransferRow, "id" | "repeats">;
type InsertTransfer = (row: NewTransfer) => Promise<number>;

/** Those that are there still: of a zone that was deleted meanwhile nothing is kept. */
async function knownZones(db: Handle, rows: readonly NewTransfer[]): Promise<ReadonlySet<string>> {
  const known = new Set<string>();
  for (const zoneId of new Set(rows.map((row) => row.zoneId))) {
    const zone = await db.selectFrom("zones").select("id").where("id", "=", zoneId).executeTakeFirst();
    if (zone) known.add(zoneId);
  }
  return known;
}

/** Its text is made once for many rows: Kysely takes longer over each than SQLite does. */
function transferInsert(db: Handle): InsertTransfer {
  let sql: string | undefined;
  return async (row) => {
    // Columns come in one order, and each is a parameter.
    const columns = transferColumns(row);
    sql ??= db.insertInto("transfers").values(columns).compile().sql;
    const { insertId } = await db.executeQuery(CompiledQuery.raw(sql, Object.values(columns)));
    return Number(insertId);
  };
}

/** Its id when it is a row of its own. */
async function addOne(db: Handle, insert: InsertTransfer, row: NewTransfer): Promise<number | undefined> {
  const alike = await (row.direction === "out" ? findAlikeOut(db, row) : findAlike(db, row));
  if (alike === undefined) return insert(row);
  await db
    .updateTable("transfers")
    .set((update) => ({
      repeats: update("repeats", "+", 1),
      finished_at: row.finishedAt,
      error_message: row.errorMessage,
    }))
    .where("id", "=", alike)
    .execute();
  return undefined;
}

/** Rows of one hour are told as one, so that the record still says when. */
const ALIKE_MS = 3_600_000;

/**
 * The last row in which the same secondary got the same answer that is no zone: it was refused, told that there is nothing newer, or told the serial by
 * UDP; unless a zone went out since. Whoever writes its address on datagrams would otherwise fill the record with them. Who is refused and is no peer is
 * any of those whom an ACL names, which may be everybody: one row, with the address of the first.
 */
async function findAlikeOut(db: Handle, row: NewTransfer): Promise<number | undefined> {
  if (row.outcome !== "refused" && row.outcome !== "unchanged" && row.transport !== "udp") return undefined;
  // Without the port, which is another each time.
  const host = row.address.slice(0, row.address.lastIndexOf(":") + 1);
  const anybody = row.peerId === null && row.outcome === "refused";
  const alike = await db
    .selectFrom("transfers")
    .select("id")
    .where("zone_id", "=", row.zoneId)
    .where("direction", "=", "out")
    .where("peer_id", "is", row.peerId)
    .where("address", "like", anybody ? "%" : `${host}%`)
    .where("kind", "=", row.kind)
    .where("transport", "=", row.transport)
    .where("tsig_key", "is", row.tsigKey)
    .where("outcome", "=", row.outcome)
    .where("error_code", "is", row.errorCode)
    .where("serial_after", "is", row.serialAfter)
    .where("started_at", ">", row.startedAt - ALIKE_MS)
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
  if (alike === undefined) return undefined;
  const since = await db
    .selectFrom("transfers")
    .select("id")
    .where("zone_id", "=", row.zoneId)
    .where("direction", "=", "out")
    .where("id", ">", alike.id)
    .where("outcome", "in", ["sent", "failed"])
    .where("transport", "!=", "udp")
    .limit(1)
    .executeTakeFirst();
  return since === undefined ? alike.id : undefined;
}

/** The last row of the same check with the same end, unless a transfer of the zone came after it. */
async function findAlike(db: Handle, row: NewTransfer): Promise<number | undefined> {
  if (row.kind !== "soa") return undefined;
  const ofZone = () => db.selectFrom("transfers").where("zone_id", "=", row.zoneId).orderBy("id", "desc").limit(1);
  const alike = await ofZone()
    .select("id")
    .where("kind", "=", "soa")
    .where("direction", "=", row.direction)
    .where("peer_id", "is", row.peerId)
    .where("address", "=", row.address)
    .where("transport", "=", row.transport)
    .where("outcome", "=", row.outcome)
    .where("error_code", "is", row.errorCode)
    .executeTakeFirst();
  if (alike === undefined) return undefined;
  const since = await ofZone().select("id").where("id", ">", alike.id).where("kind", "!=", "soa").executeTakeFirst();
  return since === undefined ? alike.id : undefined;
}

async function pruneZone(db: Handle, zoneId: string, direction: TransferRow["direction"]): Promise<void> {
  await db
    .deleteFrom("transfers")
    .where("zone_id", "=", zoneId)
    .where("direction", "=", direction)
    .where("id", "<=", (query) =>
      query
        .selectFrom("transfers")
        .select("id")
        .where("zone_id", "=", zoneId)
        .where("direction", "=", direction)
        .orderBy("id", "desc")
        .limit(1)
        .offset(TRANSFERS_PER_ZONE),
    )
    .execute();
}

function readTransfer(row: Omit<Schema["transfers"], "id"> & { id: number }): TransferRow {
  return {
    id: row.id,
    zoneId: row.zone_id,
    peerId: row.peer_id,
    address: row.address,
    kind: row.kind as TransferRow["kind"],
    reason: row.reason as TransferRow["reason"],
    outcome: row.outcome as TransferRow["outcome"],
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    serialBefore: row.serial_before,
    serialAfter: row.serial_after,
    messages: row.messages,
    records: row.records,
    octets: row.octets,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    direction: row.direction as TransferRow["direction"],
    got: row.got as TransferRow["got"],
    transport: row.transport as TransferRow["transport"],
    tlsIdentity: row.tls_identity,
    tsigKey: row.tsig_key,
    fallbackCode: row.fallback_code,
    fallbackMessage: row.fallback_message,
    repeats: row.repeats,
  };
}

function transferColumns(row: NewTransfer): Omit<Schema["transfers"], "id"> {
  return {
    zone_id: row.zoneId,
    peer_id: row.peerId,
    address: row.address,
    kind: row.kind,
    reason: row.reason,
    outcome: row.outcome,
    started_at: row.startedAt,
    finished_at: row.finishedAt,
    serial_before: row.serialBefore,
    serial_after: row.serialAfter,
    messages: row.messages,
    records: row.records,
    octets: row.octets,
    error_code: row.errorCode,
    error_message: row.errorMessage,
    direction: row.direction,
    got: row.got,
    transport: row.transport,
    tls_identity: row.tlsIdentity,
    tsig_key: row.tsigKey,
    fallback_code: row.fallbackCode,
    fallback_message: row.fallbackMessage,
    repeats: 0,
  };
}

export function eventTable(
  db: Handle,
  inTransaction: (work: (db: Handle) => Promise<void>) => Promise<void>,
): EventTable {
  const read = (row: Omit<Schema["events"], "id"> & { id: number }): EventRow => ({
    id: row.id,
    at: row.at,
    zoneId: row.zone_id,
    level: row.level as EventRow["level"],
    code: row.code,
    message: row.message,
    detail: JSON.parse(row.detail),
  });
  return {
    async add(rows) {
      if (rows.length === 0) return;
      await inTransaction(async (one) => {
        let newest = 0;
        for (const row of rows) {
          const values = {
            at: row.at,
            zone_id: row.zoneId,
            level: row.level,
            code: row.code,
            message: row.message,
            detail: JSON.stringify(row.detail),
          };
          newest = Number((await one.insertInto("events").values(values).executeTakeFirstOrThrow()).insertId);
        }
        await one
          .deleteFrom("events")
          .where("id", "<=", newest - EVENTS_KEPT)
          .execute();
      });
    },
    async list(page) {
      let query = db.selectFrom("events").selectAll();
      if (page.zoneId !== undefined) query = query.where("zone_id", "=", page.zoneId);
      if (page.before !== undefined) query = query.where("id", "<", page.before);
      return (await query.orderBy("id", "desc").limit(page.limit).execute()).map(read);
    },
    async after({ after, limit, zoneId }) {
      let query = db.selectFrom("events").selectAll().where("id", ">", after);
      if (zoneId !== undefined) query = query.where("zone_id", "=", zoneId);
      return (await query.orderBy("id").limit(limit).execute()).map(read);
    },
    async range() {
      const { fn } = db;
      const row = await db
        .selectFrom("events")
        .select([fn.min<number | null>("id").as("first"), fn.max<number | null>("id").as("last")])
        .executeTakeFirst();
      return { first: row?.first ?? 0, last: row?.last ?? 0 };
    },
  };
}

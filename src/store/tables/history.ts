/** What happened: attempts to transfer, and events. Both are bounded: the newest rows stay. */
import type { EventRow, TransferRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { EventTable, TransferTable } from "../store.ts";
import type { Handle } from "./handle.ts";

export const TRANSFERS_PER_ZONE = 200;
export const EVENTS_KEPT = 100_000;

export function transferTable(db: Handle): TransferTable {
  return {
    async add(row) {
      const result = await db.insertInto("transfers").values(transferColumns(row)).executeTakeFirstOrThrow();
      await db
        .deleteFrom("transfers")
        .where("zone_id", "=", row.zoneId)
        .where("id", "<=", (query) =>
          query
            .selectFrom("transfers")
            .select("id")
            .where("zone_id", "=", row.zoneId)
            .orderBy("id", "desc")
            .limit(1)
            .offset(TRANSFERS_PER_ZONE),
        )
        .execute();
      return Number(result.insertId);
    },
    async ofZone(zoneId, page) {
      let query = db.selectFrom("transfers").selectAll().where("zone_id", "=", zoneId);
      if (page.before !== undefined) query = query.where("id", "<", page.before);
      return (await query.orderBy("id", "desc").limit(page.limit).execute()).map(readTransfer);
    },
  };
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
  };
}

function transferColumns(row: Omit<TransferRow, "id">): Omit<Schema["transfers"], "id"> {
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
  };
}

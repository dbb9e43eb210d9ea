/** Incoming configuration, zone versions, timers, small documents of a zone. */
import type { IncomingRow, VersionRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { DocumentTable, IncomingTable, TimerTable, VersionTable } from "../store.ts";
import { type Handle, Words } from "./handle.ts";

export function withPeers(row: Schema["incoming"], peers: readonly string[]): IncomingRow {
  return {
    zoneId: row.zone_id,
    name: row.name,
    peers,
    autoRefreshSeconds: row.auto_refresh_seconds,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  };
}

/** `inTransaction` runs its work in one transaction, joining the one that is open. */
export function incomingTable(
  db: Handle,
  inTransaction: (work: (db: Handle) => Promise<void>) => Promise<void>,
): IncomingTable {
  const words = new Words();
  return {
    async list() {
      const rows = await db.selectFrom("incoming").selectAll().execute();
      const links = await db.selectFrom("incoming_peers").selectAll().orderBy("zone_id").orderBy("position").execute();
      const peersOf = Map.groupBy(links, (link) => link.zone_id);
      return rows.map((row) =>
        withPeers(
          row,
          (peersOf.get(row.zone_id) ?? []).map((link) => words.one(link.peer_id)),
        ),
      );
    },
    async find(zoneId) {
      const row = await db.selectFrom("incoming").selectAll().where("zone_id", "=", zoneId).executeTakeFirst();
      if (row === undefined) return undefined;
      const links = await db
        .selectFrom("incoming_peers")
        .select("peer_id")
        .where("zone_id", "=", zoneId)
        .orderBy("position")
        .execute();
      return withPeers(
        row,
        links.map((link) => link.peer_id),
      );
    },
    async put(row) {
      const columns = {
        name: row.name,
        auto_refresh_seconds: row.autoRefreshSeconds,
        created_at: row.createdAt,
        modified_at: row.modifiedAt,
      };
      await inTransaction(async (one) => {
        await one
          .insertInto("incoming")
          .values({ zone_id: row.zoneId, ...columns })
          .onConflict((conflict) => conflict.column("zone_id").doUpdateSet(columns))
          .execute();
        await one.deleteFrom("incoming_peers").where("zone_id", "=", row.zoneId).execute();
        for (const [position, peer] of row.peers.entries()) {
          await one.insertInto("incoming_peers").values({ zone_id: row.zoneId, position, peer_id: peer }).execute();
        }
      });
    },
    async remove(zoneId) {
      await db.deleteFrom("incoming").where("zone_id", "=", zoneId).execute();
    },
  };
}

export function readVersion(row: Schema["zone_versions"], words: Words): VersionRow {
  return {
    id: row.id,
    zoneId: row.zone_id,
    use: words.one(row.use) as VersionRow["use"],
    serial: row.serial,
    image: row.image,
    overlay: row.overlay,
    octets: row.octets,
    transferredAt: row.transferred_at,
    heldCode: row.held_code,
    heldReason: row.held_reason,
  };
}

export function versionTable(db: Handle): VersionTable {
  const words = new Words();
  const read = (row: Schema["zone_versions"]) => readVersion(row, words);
  return {
    async list() {
      return (await db.selectFrom("zone_versions").selectAll().execute()).map(read);
    },
    async ofZone(zoneId) {
      return (await db.selectFrom("zone_versions").selectAll().where("zone_id", "=", zoneId).execute()).map(read);
    },
    async put(row) {
      const columns = {
        use: row.use,
        serial: row.serial,
        image: row.image,
        overlay: row.overlay,
        octets: row.octets,
        transferred_at: row.transferredAt,
        held_code: row.heldCode,
        held_reason: row.heldReason,
      };
      await db
        .insertInto("zone_versions")
        .values({ id: row.id, zone_id: row.zoneId, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom("zone_versions").where("id", "=", id).execute();
    },
  };
}

export function timerTable(db: Handle): TimerTable {
  return {
    async list() {
      const rows = await db.selectFrom("timers").selectAll().execute();
      return rows.map((row) => ({ zoneId: row.zone_id, name: row.name, dueAt: row.due_at }));
    },
    async set(row) {
      await db
        .insertInto("timers")
        .values({ zone_id: row.zoneId, name: row.name, due_at: row.dueAt })
        .onConflict((conflict) => conflict.columns(["zone_id", "name"]).doUpdateSet({ due_at: row.dueAt }))
        .execute();
    },
    async clear(zoneId, name) {
      await db.deleteFrom("timers").where("zone_id", "=", zoneId).where("name", "=", name).execute();
    },
  };
}

const DOCUMENT_OCTETS_MAX = 65_536;

export function documentTable(db: Handle): DocumentTable {
  return {
    async find(zoneId, kind) {
      const row = await db
        .selectFrom("zone_documents")
        .select("document")
        .where("zone_id", "=", zoneId)
        .where("kind", "=", kind)
        .executeTakeFirst();
      return row && JSON.parse(row.document);
    },
    async ofKind(kind) {
      const rows = await db.selectFrom("zone_documents").selectAll().where("kind", "=", kind).execute();
      return new Map(rows.map((row) => [row.zone_id, JSON.parse(row.document)]));
    },
    async put(zoneId, kind, value) {
      const document = JSON.stringify(value);
      if (document.length > DOCUMENT_OCTETS_MAX) throw new RangeError(`document ${kind} has ${document.length} octets`);
      await db
        .insertInto("zone_documents")
        .values({ zone_id: zoneId, kind, document })
        .onConflict((conflict) => conflict.columns(["zone_id", "kind"]).doUpdateSet({ document }))
        .execute();
    },
    async remove(zoneId, kind) {
      await db.deleteFrom("zone_documents").where("zone_id", "=", zoneId).where("kind", "=", kind).execute();
    },
  };
}

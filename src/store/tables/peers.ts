/** Peers, TSIGs and ACLs of accounts. TSIG secrets are sealed on the way in and opened on the way out. */
import { StoreError } from "../errors.ts";
import type { AclRow, PeerRow, TsigRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { AclTable, PeerTable, Sealer, TsigTable } from "../store.ts";
import { flag, type Handle } from "./handle.ts";

export function peerTable(db: Handle): PeerTable {
  const read = (row: Schema["peers"]): PeerRow => ({
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    ip: row.ip,
    port: row.port,
    ixfrEnable: row.ixfr_enable === 1,
    tsigId: row.tsig_id,
  });
  return {
    async list() {
      return (
        await db
          .selectFrom("peers")
          .selectAll()
          .orderBy("rowid" as never)
          .execute()
      ).map(read);
    },
    async find(id) {
      const row = await db.selectFrom("peers").selectAll().where("id", "=", id).executeTakeFirst();
      return row && read(row);
    },
    async put(row) {
      const columns = {
        name: row.name,
        ip: row.ip,
        port: row.port,
        ixfr_enable: flag(row.ixfrEnable),
        tsig_id: row.tsigId,
      };
      await db
        .insertInto("peers")
        .values({ id: row.id, account_id: row.accountId, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom("peers").where("id", "=", id).execute();
    },
    async zonesOf(peerId) {
      const linked = async (table: "incoming_peers" | "outgoing_peers") =>
        db
          .selectFrom(table)
          .innerJoin("zones", "zones.id", `${table}.zone_id`)
          .select("zones.name")
          .where("peer_id", "=", peerId)
          .execute();
      const rows = [...(await linked("incoming_peers")), ...(await linked("outgoing_peers"))];
      return [...new Set(rows.map((row) => row.name))].sort();
    },
    linkedZones: (peerId) =>
      usedBy(db, peerId).select(["id", "name", "account_id as accountId"]).orderBy("name").execute(),
    async usesOf(peerId, limit) {
      const used = usedBy(db, peerId);
      const { many } = await used.select((row) => row.fn.countAll<number>().as("many")).executeTakeFirstOrThrow();
      const rows = await used.select("name").orderBy("name").limit(limit).execute();
      return { count: many, zones: rows.map((row) => row.name) };
    },
  };
}

/** The zones that transfer from it or are given to it. */
function usedBy(db: Handle, peerId: string) {
  const linked = (table: "incoming_peers" | "outgoing_peers") =>
    db.selectFrom(table).select("zone_id").where("peer_id", "=", peerId);
  return db
    .selectFrom("zones")
    .where((row) => row.or([row("id", "in", linked("incoming_peers")), row("id", "in", linked("outgoing_peers"))]));
}

export function tsigTable(db: Handle, sealer: Sealer): TsigTable {
  const read = (row: Schema["tsigs"]): TsigRow => {
    const secret = sealer.open(row.sealed_secret, `tsig:${row.id}`);
    if (secret === undefined) {
      throw new StoreError(
        "store.unsealable",
        `The secret of TSIG ${row.name} can't be opened: this is not the master key that it was sealed with. Start with that key (COUNTERSIGN_MASTER_KEY or COUNTERSIGN_MASTER_KEY_FILE).`,
      );
    }
    return {
      id: row.id,
      accountId: row.account_id,
      name: row.name,
      algo: row.algo,
      secret: new TextDecoder().decode(secret),
    };
  };
  return {
    async list() {
      return (
        await db
          .selectFrom("tsigs")
          .selectAll()
          .orderBy("rowid" as never)
          .execute()
      ).map(read);
    },
    async find(id) {
      const row = await db.selectFrom("tsigs").selectAll().where("id", "=", id).executeTakeFirst();
      return row && read(row);
    },
    async put(row) {
      const sealed = sealer.seal(new TextEncoder().encode(row.secret), `tsig:${row.id}`);
      const columns = { name: row.name, algo: row.algo, sealed_secret: sealed };
      await db
        .insertInto("tsigs")
        .values({ id: row.id, account_id: row.accountId, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom("tsigs").where("id", "=", id).execute();
    },
    async peersOf(tsigId) {
      const rows = await db.selectFrom("peers").select("name").where("tsig_id", "=", tsigId).orderBy("name").execute();
      return rows.map((row) => row.name);
    },
  };
}

export function aclTable(db: Handle): AclTable {
  const read = (row: Schema["acls"]): AclRow => ({
    id: row.id,
    accountId: row.account_id,
    name: row.name,
    ipRange: row.ip_range,
  });
  return {
    async list() {
      return (
        await db
          .selectFrom("acls")
          .selectAll()
          .orderBy("rowid" as never)
          .execute()
      ).map(read);
    },
    async find(id) {
      const row = await db.selectFrom("acls").selectAll().where("id", "=", id).executeTakeFirst();
      return row && read(row);
    },
    async put(row) {
      const columns = { name: row.name, ip_range: row.ipRange };
      await db
        .insertInto("acls")
        .values({ id: row.id, account_id: row.accountId, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom("acls").where("id", "=", id).execute();
    },
  };
}

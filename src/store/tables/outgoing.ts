/** To whom a zone is given out. */
import type { OutgoingRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { OutgoingTable } from "../store.ts";
import { flag, type Handle } from "./handle.ts";

/** `inTransaction` runs its work in one transaction, joining the one that is open. */
export function outgoingTable(
  db: Handle,
  inTransaction: (work: (db: Handle) => Promise<void>) => Promise<void>,
): OutgoingTable {
  const read = (row: Schema["outgoing"], peers: readonly string[]): OutgoingRow => ({
    zoneId: row.zone_id,
    name: row.name,
    peers,
    enabled: row.enabled === 1,
    tlsOnly: row.tls_only === 1,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
  });
  return {
    async list() {
      const rows = await db.selectFrom("outgoing").selectAll().execute();
      const links = await db.selectFrom("outgoing_peers").selectAll().orderBy("zone_id").orderBy("position").execute();
      const peersOf = Map.groupBy(links, (link) => link.zone_id);
      return rows.map((row) =>
        read(
          row,
          (peersOf.get(row.zone_id) ?? []).map((link) => link.peer_id),
        ),
      );
    },
    async put(row) {
      const columns = {
        name: row.name,
        enabled: flag(row.enabled),
        tls_only: flag(row.tlsOnly),
        created_at: row.createdAt,
        modified_at: row.modifiedAt,
      };
      await inTransaction(async (one) => {
        await one
          .insertInto("outgoing")
          .values({ zone_id: row.zoneId, ...columns })
          .onConflict((conflict) => conflict.column("zone_id").doUpdateSet(columns))
          .execute();
        await one.deleteFrom("outgoing_peers").where("zone_id", "=", row.zoneId).execute();
        for (const [position, peer] of row.peers.entries()) {
          await one.insertInto("outgoing_peers").values({ zone_id: row.zoneId, position, peer_id: peer }).execute();
        }
      });
    },
    async remove(zoneId) {
      await db.deleteFrom("outgoing").where("zone_id", "=", zoneId).execute();
    },
  };
}

/** TLS with peers. Private keys of client certificates are sealed on the way in and opened on the way out. */
import { StoreError } from "../errors.ts";
import type { TransportRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { Sealer, TransportTable } from "../store.ts";
import type { Handle } from "./handle.ts";

export function transportTable(db: Handle, sealer: Sealer): TransportTable {
  const read = (row: Schema["peer_transports"]): TransportRow => ({
    peerId: row.peer_id,
    mode: row.mode as TransportRow["mode"],
    port: row.port,
    hostName: row.host_name,
    pins: JSON.parse(row.pins),
    ca: row.ca,
    identity: openIdentity(row, sealer),
    asksAs: row.asks_as === null ? null : JSON.parse(row.asks_as),
  });
  return {
    async list() {
      return (await db.selectFrom("peer_transports").selectAll().execute()).map(read);
    },
    async find(peerId) {
      const row = await db.selectFrom("peer_transports").selectAll().where("peer_id", "=", peerId).executeTakeFirst();
      return row && read(row);
    },
    async put(row) {
      const { identity } = row;
      const columns = {
        mode: row.mode,
        port: row.port,
        host_name: row.hostName,
        pins: JSON.stringify(row.pins),
        ca: row.ca,
        asks_as: row.asksAs && JSON.stringify(row.asksAs),
        certificate: identity?.certificate ?? null,
        sealed_key: identity && sealer.seal(new TextEncoder().encode(identity.key), contextOf(row.peerId)),
      };
      await db
        .insertInto("peer_transports")
        .values({ peer_id: row.peerId, ...columns })
        .onConflict((conflict) => conflict.column("peer_id").doUpdateSet(columns))
        .execute();
    },
    async remove(peerId) {
      await db.deleteFrom("peer_transports").where("peer_id", "=", peerId).execute();
    },
  };
}

function contextOf(peerId: string): string {
  return `peer-tls:${peerId}`;
}

function openIdentity(row: Schema["peer_transports"], sealer: Sealer): TransportRow["identity"] {
  if (row.certificate === null || row.sealed_key === null) return null;
  const key = sealer.open(row.sealed_key, contextOf(row.peer_id));
  if (key === undefined) {
    throw new StoreError(
      "store.unsealable",
      "The private key of a peer's client certificate can't be opened: this is not the master key that it was sealed with. Start with that key (COUNTERSIGN_MASTER_KEY or COUNTERSIGN_MASTER_KEY_FILE).",
    );
  }
  return { certificate: row.certificate, key: new TextDecoder().decode(key) };
}

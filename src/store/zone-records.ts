/**
 * Everything that is stored of zones, zone by zone: what a start reads. Tens of thousands of rows of one table as objects, and
 * a map of each table, cost the garbage collector more than reading them; here a page of zones is read from every table and is
 * gone before the next one.
 */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { KeyRow } from "./rows.ts";
import type { Schema } from "./schema.ts";
import { Words } from "./tables/handle.ts";
import { readVersion, withPeers } from "./tables/transfers.ts";
import { readDnssec, readKey, readZone } from "./tables/zones.ts";
import type { ZoneRecord, ZoneRecordPage } from "./zone-record.ts";

const NO_KEYS: readonly KeyRow[] = [];

/** Keeps: its statements, prepared when first used. Reads what is there at that moment, within a transaction of others too. */
export class ZoneRecords {
  readonly #database: DatabaseSync;
  readonly #words = new Words();
  #tables: ReturnType<typeof prepareTables> | undefined;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** In order of id; fewer than `limit`: there are no more. */
  read({ after, limit }: ZoneRecordPage): readonly ZoneRecord[] {
    this.#tables ??= prepareTables(this.#database);
    const { zones, ...parts } = this.#tables;
    const found = zones.rows(after, limit).map((row) => readZone(row, this.#words));
    const last = found.at(-1)?.id;
    if (last === undefined) return [];
    const dnssec = new Run(parts.dnssec.rows(after, last));
    const keys = new Run(parts.keys.rows(after, last));
    const versions = new Run(parts.versions.rows(after, last));
    const documents = new Run(parts.documents.rows(after, last));
    const incoming = new Run(parts.incoming.rows(after, last));
    const peers = new Run(parts.peers.rows(after, last));
    return found.map((zone) => {
      const [status] = dnssec.take(zone.id);
      const [configured] = incoming.take(zone.id);
      const links = peers.take(zone.id);
      const ofZone = keys.take(zone.id);
      const texts = documents.take(zone.id);
      return {
        zone,
        dnssec: status && readDnssec(status),
        keys: ofZone.length === 0 ? NO_KEYS : ofZone.map((row) => readKey(row, this.#words)),
        versions: versions.take(zone.id).map((row) => readVersion(row, this.#words)),
        incoming:
          configured &&
          withPeers(
            configured,
            links.map((link) => this.#words.one(link.peer_id)),
          ),
        document(kind) {
          const row = texts.find((one) => one.kind === kind);
          return row && JSON.parse(row.document);
        },
      };
    });
  }
}

function prepareTables(database: DatabaseSync) {
  const within = "WHERE zone_id > ? AND zone_id <= ? ORDER BY zone_id";
  return {
    zones: new Rows<Schema["zones"]>(database.prepare("SELECT * FROM zones WHERE id > ? ORDER BY id LIMIT ?")),
    dnssec: new Rows<Schema["zone_dnssec"]>(database.prepare(`SELECT * FROM zone_dnssec ${within}`)),
    keys: new Rows<Schema["keys"]>(database.prepare(`SELECT * FROM keys ${within}, created_at, id`)),
    versions: new Rows<Schema["zone_versions"]>(database.prepare(`SELECT * FROM zone_versions ${within}`)),
    documents: new Rows<Schema["zone_documents"]>(database.prepare(`SELECT * FROM zone_documents ${within}`)),
    incoming: new Rows<Schema["incoming"]>(database.prepare(`SELECT * FROM incoming ${within}`)),
    peers: new Rows<Schema["incoming_peers"]>(database.prepare(`SELECT * FROM incoming_peers ${within}, position`)),
  };
}

/** A statement whose rows come as arrays, which is twice as fast, and are given names here. */
class Rows<Row> {
  readonly #statement: StatementSync;
  readonly #columns: readonly string[];

  constructor(statement: StatementSync) {
    statement.setReturnArrays(true);
    this.#statement = statement;
    this.#columns = statement.columns().map(({ name }) => name);
  }

  rows(...parameters: readonly (string | number)[]): readonly Row[] {
    const columns = this.#columns;
    return this.#statement.all(...parameters).map((values) => {
      const row: Record<string, unknown> = {};
      for (let i = 0; i < columns.length; i++) row[columns[i]!] = (values as unknown as readonly unknown[])[i];
      return row as Row;
    });
  }
}

const NO_ROWS: readonly never[] = [];

/** Rows in order of their zones, taken from front to back. */
class Run<Row extends { readonly zone_id: string }> {
  readonly #rows: readonly Row[];
  #at = 0;

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  /** Those of the zone; zones have to be asked for in order. */
  take(zoneId: string): readonly Row[] {
    const rows = this.#rows;
    const from = this.#at;
    while (this.#at < rows.length && rows[this.#at]!.zone_id === zoneId) this.#at++;
    return this.#at === from ? NO_ROWS : rows.slice(from, this.#at);
  }
}

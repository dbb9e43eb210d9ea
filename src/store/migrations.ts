/**
 * The history of the database's form: numbered, forward only. A migration that has been released is never changed; a new one
 * is added below it. `PRAGMA user_version` holds the number of the last one that ran; each runs in its own transaction.
 */
import type { DatabaseSync } from "node:sqlite";
import { StoreError } from "./errors.ts";

export const MIGRATIONS: readonly string[] = [
  // 1
  `
  CREATE TABLE accounts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE tokens (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, hash TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
    created_at INTEGER NOT NULL, expires_at INTEGER, not_before INTEGER
  ) STRICT;
  CREATE TABLE zones (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL, paused INTEGER NOT NULL, denial TEXT NOT NULL, secondary_overrides INTEGER NOT NULL,
    original_name_servers TEXT, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL, activated_at INTEGER
  ) STRICT;
  CREATE TABLE zone_dnssec (
    zone_id TEXT PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE, phase TEXT NOT NULL,
    modified_at_seconds INTEGER, parent TEXT, parent_at_seconds INTEGER,
    multi_signer INTEGER NOT NULL, presigned INTEGER NOT NULL, use_nsec3 INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE keys (
    id TEXT PRIMARY KEY, zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, role TEXT NOT NULL,
    algorithm INTEGER NOT NULL, key_tag INTEGER NOT NULL, dnskey BLOB NOT NULL, sealed BLOB NOT NULL,
    state TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX keys_of_zone ON keys (zone_id);
  CREATE TABLE tsigs (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL, algo TEXT NOT NULL,
    sealed_secret BLOB NOT NULL
  ) STRICT;
  CREATE TABLE peers (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL, ip TEXT NOT NULL,
    port INTEGER NOT NULL, ixfr_enable INTEGER NOT NULL, tsig_id TEXT REFERENCES tsigs (id)
  ) STRICT;
  CREATE INDEX peers_of_tsig ON peers (tsig_id);
  CREATE TABLE acls (
    id TEXT PRIMARY KEY, account_id TEXT NOT NULL REFERENCES accounts (id), name TEXT NOT NULL, ip_range TEXT NOT NULL
  ) STRICT;
  CREATE TABLE incoming (
    zone_id TEXT PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE, name TEXT NOT NULL,
    auto_refresh_seconds INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE incoming_peers (
    zone_id TEXT NOT NULL REFERENCES incoming (zone_id) ON DELETE CASCADE, position INTEGER NOT NULL,
    peer_id TEXT NOT NULL REFERENCES peers (id), PRIMARY KEY (zone_id, position)
  ) STRICT;
  CREATE INDEX incoming_of_peer ON incoming_peers (peer_id);
  CREATE TABLE zone_versions (
    id TEXT PRIMARY KEY, zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, use TEXT NOT NULL,
    serial INTEGER NOT NULL, image TEXT NOT NULL, octets INTEGER NOT NULL, transferred_at INTEGER NOT NULL,
    held_code TEXT, held_reason TEXT
  ) STRICT;
  CREATE INDEX versions_of_zone ON zone_versions (zone_id);
  CREATE TABLE timers (
    zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, name TEXT NOT NULL, due_at INTEGER NOT NULL,
    PRIMARY KEY (zone_id, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE zone_documents (
    zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, kind TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (zone_id, kind)
  ) STRICT;
  CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE transfers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, peer_id TEXT,
    address TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT NOT NULL, outcome TEXT NOT NULL,
    started_at INTEGER NOT NULL, finished_at INTEGER NOT NULL, serial_before INTEGER, serial_after INTEGER,
    messages INTEGER NOT NULL, records INTEGER NOT NULL, octets INTEGER NOT NULL, error_code TEXT, error_message TEXT
  ) STRICT;
  CREATE INDEX transfers_of_zone ON transfers (zone_id, id);
  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, zone_id TEXT, level TEXT NOT NULL, code TEXT NOT NULL,
    message TEXT NOT NULL, detail TEXT NOT NULL
  ) STRICT;
  CREATE INDEX events_of_zone ON events (zone_id, id);
  `,
  // 2: the whole record of an attempt, in both directions
  `
  ALTER TABLE transfers ADD COLUMN direction TEXT NOT NULL DEFAULT 'in';
  ALTER TABLE transfers ADD COLUMN got TEXT;
  ALTER TABLE transfers ADD COLUMN transport TEXT NOT NULL DEFAULT 'tcp';
  ALTER TABLE transfers ADD COLUMN tls_identity TEXT;
  ALTER TABLE transfers ADD COLUMN tsig_key TEXT;
  ALTER TABLE transfers ADD COLUMN fallback_code TEXT;
  ALTER TABLE transfers ADD COLUMN fallback_message TEXT;
  ALTER TABLE transfers ADD COLUMN repeats INTEGER NOT NULL DEFAULT 0;
  `,
  // 3: ZONEMD and signature checks of a zone
  `
  ALTER TABLE zones ADD COLUMN zonemd TEXT NOT NULL DEFAULT 'verify';
  ALTER TABLE zones ADD COLUMN signature_check TEXT NOT NULL DEFAULT 'all';
  `,
  // 4: to whom a zone is given out
  `
  CREATE TABLE outgoing (
    zone_id TEXT PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE, name TEXT NOT NULL, enabled INTEGER NOT NULL,
    tls_only INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE outgoing_peers (
    zone_id TEXT NOT NULL REFERENCES outgoing (zone_id) ON DELETE CASCADE, position INTEGER NOT NULL,
    peer_id TEXT NOT NULL REFERENCES peers (id), PRIMARY KEY (zone_id, position)
  ) STRICT;
  CREATE INDEX outgoing_of_peer ON outgoing_peers (peer_id);
  `,
  // 5: catalog zones
  `
  CREATE TABLE catalogs (
    zone_id TEXT PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE, settings TEXT NOT NULL,
    applied_serial INTEGER, applied_at INTEGER, fault_code TEXT, fault_text TEXT, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE catalog_members (
    zone_id TEXT PRIMARY KEY REFERENCES zones (id) ON DELETE CASCADE,
    catalog_id TEXT NOT NULL REFERENCES catalogs (zone_id), node TEXT NOT NULL, group_values TEXT NOT NULL, coo TEXT,
    settled INTEGER NOT NULL, left_at INTEGER
  ) STRICT;
  CREATE INDEX members_of_catalog ON catalog_members (catalog_id);
  `,
  // 6: transfers over TLS, peer by peer; without a row a peer is asked in the clear
  `
  CREATE TABLE peer_transports (
    peer_id TEXT PRIMARY KEY REFERENCES peers (id) ON DELETE CASCADE, mode TEXT NOT NULL, port INTEGER NOT NULL,
    host_name TEXT, pins TEXT NOT NULL, ca TEXT, certificate TEXT, sealed_key BLOB
  ) STRICT;
  `,
  // 7: whose refresh timers rule, and what an expired zone does
  `
  ALTER TABLE zones ADD COLUMN timers TEXT NOT NULL DEFAULT 'interval';
  ALTER TABLE zones ADD COLUMN expired TEXT NOT NULL DEFAULT 'default';
  `,
  // 8: alerts: whom to tell what, and what is on its way
  `
  CREATE TABLE alert_destinations (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, settings TEXT NOT NULL, sealed_secret BLOB,
    created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE alert_policies (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, enabled INTEGER NOT NULL, settings TEXT NOT NULL, created_at INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE alert_deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, delivery_id TEXT NOT NULL UNIQUE, policy_id TEXT NOT NULL,
    destination_id TEXT NOT NULL, kind TEXT NOT NULL, zone_id TEXT, state TEXT NOT NULL, created_at INTEGER NOT NULL,
    due_at INTEGER, finished_at INTEGER, tries INTEGER NOT NULL, repeats INTEGER NOT NULL, document TEXT NOT NULL,
    error_code TEXT, error_message TEXT
  ) STRICT;
  CREATE INDEX deliveries_due ON alert_deliveries (state, due_at);
  CREATE INDEX deliveries_alike ON alert_deliveries (policy_id, kind, zone_id, created_at);
  `,
  // 9: the certificate that a peer shows when it asks for a zone
  `
  ALTER TABLE peer_transports ADD COLUMN asks_as TEXT;
  `,
  // 10: a version may be an overlay over an image
  `
  ALTER TABLE zone_versions ADD COLUMN overlay INTEGER NOT NULL DEFAULT 0;
  `,
  // 11: users, sessions, and tokens that may not do everything
  `
  CREATE TABLE users (
    id TEXT PRIMARY KEY, email TEXT NOT NULL UNIQUE, name TEXT NOT NULL, role TEXT NOT NULL, password TEXT,
    subject TEXT UNIQUE, disabled INTEGER NOT NULL, created_at INTEGER NOT NULL, modified_at INTEGER NOT NULL,
    signed_in_at INTEGER
  ) STRICT;
  CREATE TABLE sessions (
    id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    token_id TEXT REFERENCES tokens (id) ON DELETE CASCADE, created_at INTEGER NOT NULL, used_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL, address TEXT NOT NULL, agent TEXT NOT NULL
  ) STRICT;
  CREATE INDEX sessions_of_user ON sessions (user_id);
  CREATE INDEX sessions_of_token ON sessions (token_id);
  ALTER TABLE tokens ADD COLUMN kind TEXT NOT NULL DEFAULT 'operator';
  ALTER TABLE tokens ADD COLUMN user_id TEXT REFERENCES users (id) ON DELETE CASCADE;
  ALTER TABLE tokens ADD COLUMN account_id TEXT REFERENCES accounts (id);
  ALTER TABLE tokens ADD COLUMN policies TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE tokens ADD COLUMN condition TEXT;
  ALTER TABLE tokens ADD COLUMN modified_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE tokens ADD COLUMN used_at INTEGER;
  `,
  // 12: zones that go by the option for whose refresh timers rule; so far that was what "interval" meant
  `
  UPDATE zones SET timers = 'default' WHERE timers = 'interval';
  `,
  // 13: who changed what; answers kept for requests that come twice
  `
  CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, actor_kind TEXT NOT NULL, actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL, address TEXT NOT NULL, action TEXT NOT NULL, resource_id TEXT, zone_id TEXT, status INTEGER,
    document TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_of_zone ON audit (zone_id, id);
  CREATE TABLE kept_answers (
    key TEXT PRIMARY KEY, request TEXT NOT NULL, at INTEGER NOT NULL, status INTEGER, sealed_body BLOB
  ) STRICT;
  CREATE INDEX kept_answers_by_age ON kept_answers (at);
  `,
  // 14: what zones were asked, by minute, hour and day
  `
  CREATE TABLE analytics (
    zone_id TEXT NOT NULL REFERENCES zones (id) ON DELETE CASCADE, step INTEGER NOT NULL, start INTEGER NOT NULL,
    document TEXT NOT NULL, PRIMARY KEY (zone_id, step, start)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX analytics_time ON analytics (step, start);
  `,
  // 15: how each session was opened
  `
  ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'password';
  UPDATE sessions SET way = 'token' WHERE token_id IS NOT NULL;
  `,
  // 16: the audit log by everything that it is asked by, each in the order of its entries. outcome: 0 unfinished, 1 done, 2 refused
  `
  ALTER TABLE audit ADD COLUMN outcome INTEGER NOT NULL
    GENERATED ALWAYS AS (CASE WHEN status IS NULL THEN 0 WHEN status < 400 THEN 1 ELSE 2 END) VIRTUAL;
  ALTER TABLE audit ADD COLUMN word TEXT NOT NULL
    GENERATED ALWAYS AS (substr(action, 1, instr(action || '.', '.') - 1)) VIRTUAL;
  CREATE INDEX audit_by_time ON audit (at, id);
  CREATE INDEX audit_of_resource ON audit (resource_id, id);
  CREATE INDEX audit_from_address ON audit (address, id);
  CREATE INDEX audit_of_action ON audit (action, id);
  CREATE INDEX audit_of_word ON audit (word, id);
  CREATE INDEX audit_of_outcome ON audit (outcome, id);
  CREATE INDEX audit_by_name ON audit (actor_name, id);
  CREATE INDEX audit_by_actor ON audit (actor_id, id);
  `,
  // 17: alerts of one kind and zone are alike only when the same happened
  `
  ALTER TABLE alert_deliveries ADD COLUMN about TEXT NOT NULL DEFAULT '';
  `,
  // 18: documents of one kind, of all zones: what a start asks for some times
  `
  CREATE INDEX documents_of_kind ON zone_documents (kind);
  `,
];

/** Brings the database up to the newest form. Throws `store.newer` when a later Countersign wrote it. */
export function migrate(database: DatabaseSync, migrations: readonly string[] = MIGRATIONS): void {
  const row = database.prepare("PRAGMA user_version").get() as { user_version: number };
  if (row.user_version > migrations.length) {
    throw new StoreError(
      "store.newer",
      `The database has form ${row.user_version}, this Countersign knows up to ${migrations.length}. Run the newer release that wrote it, or restore a backup from before the upgrade.`,
    );
  }
  for (let version = row.user_version; version < migrations.length; version++) {
    database.exec("BEGIN IMMEDIATE");
    try {
      database.exec(migrations[version]!);
      database.exec(`PRAGMA user_version = ${version + 1}`);
      database.exec("COMMIT");
    } catch (error) {
      database.exec("ROLLBACK");
      throw error;
    }
  }
}

/** Opens a data directory: lock, database, files; puts the tables together. */
import { join } from "node:path";
import { type Database, openDatabase } from "./database.ts";
import { makeDirectory } from "./directory.ts";
import { unusableDirectory } from "./errors.ts";
import { openZoneFiles } from "./files.ts";
import { lockDirectory } from "./lock.ts";
import type { Sealer, Store, Tables } from "./store.ts";
import { alertTable } from "./tables/alerts.ts";
import { analyticsTable } from "./tables/analytics.ts";
import { auditTable, keptAnswerTable } from "./tables/audit.ts";
import { catalogMemberTable, catalogTable } from "./tables/catalogs.ts";
import type { Handle } from "./tables/handle.ts";
import { eventTable, transferTable } from "./tables/history.ts";
import { accountTable, settingTable, tokenTable } from "./tables/identity.ts";
import { outgoingTable } from "./tables/outgoing.ts";
import { aclTable, peerTable, tsigTable } from "./tables/peers.ts";
import { documentTable, incomingTable, timerTable, versionTable } from "./tables/transfers.ts";
import { transportTable } from "./tables/transports.ts";
import { sessionTable, userTable } from "./tables/users.ts";
import { dnssecTable, keyTable, zoneTable } from "./tables/zones.ts";
import { ZoneRecords } from "./zone-records.ts";

/** Its name in the data directory: there is something to open when it exists. */
export const DATABASE_FILE = "countersign.db";

/**
 * Makes `directory` when it is missing (readable by its owner alone). Throws StoreError: `store.locked`, `store.directory`,
 * `store.damaged`, `store.newer`. A wrong master key shows when the first TSIG is read (`store.unsealable`).
 */
export function openStore(directory: string, sealer: Sealer): Store {
  try {
    makeDirectory(join(directory, "zones"));
  } catch (error) {
    throw unusableDirectory(directory, error);
  }
  const lock = lockDirectory(directory);
  let opened: Database;
  try {
    opened = openDatabase(join(directory, DATABASE_FILE));
  } catch (error) {
    lock.release();
    throw error;
  }
  const { db, plain } = opened;
  const records = new ZoneRecords(plain);
  return {
    ...makeTables(db, sealer, (work) => db.transaction().execute(work)),
    files: openZoneFiles(directory),
    zoneRecords: async (page) => records.read(page),
    atomically: (work) => db.transaction().execute((one) => work(makeTables(one, sealer, (inner) => inner(one)))),
    async close() {
      await db.destroy();
      lock.release();
    },
  };
}

function makeTables(
  db: Handle,
  sealer: Sealer,
  inTransaction: (work: (db: Handle) => Promise<void>) => Promise<void>,
): Tables {
  return {
    accounts: accountTable(db),
    tokens: tokenTable(db),
    users: userTable(db),
    sessions: sessionTable(db),
    zones: zoneTable(db),
    dnssec: dnssecTable(db),
    keys: keyTable(db),
    incoming: incomingTable(db, inTransaction),
    outgoing: outgoingTable(db, inTransaction),
    peers: peerTable(db),
    transports: transportTable(db, sealer),
    tsigs: tsigTable(db, sealer),
    acls: aclTable(db),
    versions: versionTable(db),
    catalogs: catalogTable(db),
    catalogMembers: catalogMemberTable(db),
    timers: timerTable(db),
    documents: documentTable(db),
    settings: settingTable(db),
    transfers: transferTable(db),
    analytics: analyticsTable(db),
    events: eventTable(db, inTransaction),
    alerts: alertTable(db, sealer),
    audit: auditTable(db, undefined, inTransaction),
    keptAnswers: keptAnswerTable(db, sealer),
  };
}

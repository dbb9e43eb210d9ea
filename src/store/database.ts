/** SQLite through `node:sqlite`, handed to Kysely: its own SQLite dialect over a small adapter of DatabaseSync. */
import { closeSync, existsSync, openSync, readSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync, type SQLInputValue, type StatementSync } from "node:sqlite";
import { Kysely, type SqliteDatabase, SqliteDialect, type SqliteStatement } from "kysely";
import { StoreError, unusableDirectory } from "./errors.ts";
import { migrate } from "./migrations.ts";
import type { Schema } from "./schema.ts";

/** The same connection twice: for statements that Kysely writes, and for those that read a start's many rows. */
export type Database = { readonly db: Kysely<Schema>; readonly plain: DatabaseSync };

/** Opens or makes the database file and brings it up to the newest form. Throws StoreError. */
export function openDatabase(path: string): Database {
  let database: DatabaseSync | undefined;
  try {
    readThrough(path);
    database = new DatabaseSync(path, { enableForeignKeyConstraints: true, timeout: 5000 });
    // WAL with FULL: a commit is on the disk before it returns, and a kill or a power cut never leaves half of one.
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 1000");
    migrate(database);
    const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database: adapt(database) }) });
    return { db, plain: database };
  } catch (error) {
    database?.close();
    if (error instanceof StoreError) throw new StoreError(error.code, `${path}: ${error.message}`, error);
    if (!isDamage(error)) throw unusableDirectory(dirname(path), error);
    throw new StoreError(
      "store.damaged",
      `The database ${path} is damaged (${error.message}). Put a copy of the data directory back, or give an empty directory with --data.`,
      error,
    );
  }
}

/** Larger databases hold more of other things than of zones. */
const READ_THROUGH_OCTETS = 512 * 1024 * 1024;
const PIECE_OCTETS = 4 * 1024 * 1024;

/**
 * From front to back once: a start looks into every page of it, here and there, and a disk that has not been asked yet answers
 * that a hundred times slower. In the page cache already, it is some milliseconds.
 */
function readThrough(path: string): void {
  if (!existsSync(path)) return;
  const file = openSync(path, "r");
  try {
    const piece = Buffer.allocUnsafe(PIECE_OCTETS);
    for (let read = 0, got = 1; got > 0 && read < READ_THROUGH_OCTETS; read += got) got = readSync(file, piece);
  } finally {
    closeSync(file);
  }
}

const SQLITE_BUSY = 5;

/** SQLite has waited by itself (`timeout`); who holds it for longer is no part of this server, which has one connection. */
function unlessBusy<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY)) throw error;
    throw new StoreError("store.busy", "Another program holds the database; a backup of it, perhaps.", error);
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);

function isDamage(error: unknown): error is Error {
  return error instanceof Error && "errcode" in error && DAMAGE.has(Number(error.errcode) & 0xff);
}

/** Statements are kept prepared: the set of texts that the tables make is small, and bounded here in any case. */
const STATEMENTS_KEPT = 300;

function adapt(database: DatabaseSync): SqliteDatabase {
  const prepared = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      let statement = prepared.get(sql);
      if (statement === undefined) {
        statement = adaptStatement(database.prepare(sql));
        if (prepared.size >= STATEMENTS_KEPT) prepared.clear();
        prepared.set(sql, statement);
      }
      return statement;
    },
  };
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  // Kysely's types say unknown; every value comes from the tables of this room: text, number, null, Uint8Array.
  const values = (parameters: readonly unknown[]) => parameters as readonly SQLInputValue[];
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => unlessBusy(() => statement.all(...values(parameters))),
    run: (parameters) => unlessBusy(() => statement.run(...values(parameters))),
    iterate: (parameters) => statement.iterate(...values(parameters)) as IterableIterator<unknown>,
  };
}

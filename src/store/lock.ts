/**
 * One process on one data directory. The lock is SQLite's own on an empty database file, held in an open exclusive
 * transaction: the kernel drops it when the process ends, however it ends, so no stale lock is ever left (Node has no flock).
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreError, unusableDirectory } from "./errors.ts";

export interface DirectoryLock {
  release(): void;
}

/** Throws StoreError: `store.locked` when another process (or this one) has the directory, `store.directory`. */
export function lockDirectory(directory: string): DirectoryLock {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(join(directory, "lock"), { timeout: 0 });
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    writeFileSync(join(directory, "lock.pid"), `${process.pid}\n`);
    const held = database;
    return { release: () => held.close() };
  } catch (error) {
    database?.close();
    if (!isBusy(error)) throw unusableDirectory(directory, error);
    throw new StoreError(
      "store.locked",
      `The data directory ${directory} is in use by another Countersign${holderOf(directory)}. Stop that one, or give this one its own --data directory.`,
      error,
    );
  }
}

const SQLITE_BUSY = 5;

function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && (Number(error.errcode) & 0xff) === SQLITE_BUSY;
}

/** For the sentence only; the file may be missing or of a process that has ended. */
function holderOf(directory: string): string {
  try {
    const pid = readFileSync(join(directory, "lock.pid"), "utf8").trim();
    return /^\d{1,10}$/.test(pid) ? ` (process ${pid})` : "";
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

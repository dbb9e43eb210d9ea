/** What can go wrong when a store is opened or read: coded, with a sentence that says what to do next. */
export type StoreErrorCode =
  | "store.locked"
  | "store.directory"
  | "store.newer"
  | "store.damaged"
  | "store.unsealable"
  | "store.name"
  | "store.missing"
  /** Another program has held the database for longer than is waited for; nothing of the statement was done. */
  | "store.busy";

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreError";
    this.code = code;
  }
}

/** `error` is Node's or SQLite's: its message has the path or what is wrong with it. */
export function unusableDirectory(directory: string, error: unknown): StoreError {
  const what = error instanceof Error ? error.message : String(error);
  return new StoreError(
    "store.directory",
    `The data directory ${directory} can't be made or written: ${what}. Give a directory that this user may write, with room on its disk, with --data.`,
    error,
  );
}

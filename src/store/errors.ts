/** What can go wrong when a store is opened or read: coded, with a sentence that says what to do next. */
export type StoreErrorCode =
  | "store.locked"
  | "store.directory"
  | "store.newer"
  | "store.damaged"
  | "store.unsealable"
  | "store.name"
  | "store.missing";

export class StoreError extends Error {
  readonly code: StoreErrorCode;
  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "StoreError";
    this.code = code;
  }
}

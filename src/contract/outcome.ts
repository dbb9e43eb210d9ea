/** What every call of the service gives back: the thing asked for, or a coded error. The same shape as `Result` of #bytes. */
import type { ControlError } from "./errors.ts";

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ControlError };

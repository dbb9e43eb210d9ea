/**
 * Every way in which a call can be refused: one closed set of codes, and the one table that maps code → HTTP status →
 * provider error number → sentence. Codes are stable and never reused; programs match on codes and numbers, never on text.
 *
 * Clients of the provider's API retry 408, 409, 429 and 5xx: no refusal has one of these but the rate limit (429), where
 * trying again after `retry-after` is the right thing. Numbers below 20000 and from 81000 are the provider's own where its number is known;
 * 20000 to 29999 are Countersign's.
 */
import type { ErrorEntry } from "./errors/entry.ts";
import { RECORD_ERRORS } from "./errors/records.ts";
import { REQUEST_ERRORS } from "./errors/requests.ts";
import { TRANSFER_ERRORS } from "./errors/transfers.ts";
import { WATCH_ERRORS } from "./errors/watching.ts";
import { ZONE_ERRORS } from "./errors/zones.ts";

export type { ErrorEntry };

export const ERRORS = {
  ...REQUEST_ERRORS,
  ...ZONE_ERRORS,
  ...TRANSFER_ERRORS,
  ...WATCH_ERRORS,
  ...RECORD_ERRORS,
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof ERRORS;

export type ControlError = {
  readonly code: ErrorCode;
  /** The particular thing: a zone's name, an id, the names of the users of a peer. Never a secret. */
  readonly about?: string;
  /** JSON pointer into the request body or `/query/…`, when one field is at fault. */
  readonly pointer?: string;
  /** What else is wrong with the same request, in the order of the schema's fields. */
  readonly also?: readonly ControlError[];
};

/** The error's sentence with `about` set in. */
export function errorSentence(error: ControlError): string {
  return ERRORS[error.code].sentence.replaceAll("{about}", () => error.about ?? "(unnamed)");
}

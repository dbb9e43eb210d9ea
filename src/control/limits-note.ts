/** What the operator allows one zone, narrower than the limits of the whole installation: a document of the store. */
import type { ZoneLimits } from "#zone";

export type ZoneLimitsNote = {
  readonly version: 1;
  /** Undefined: the installation's. */
  readonly records?: number;
  readonly octets?: number;
  readonly transferSeconds?: number;
  /** Percent of the records that may go at once; 0: any number. */
  readonly lossPercent?: number;
};

export const NO_LIMITS: ZoneLimitsNote = { version: 1 };

export function readLimitsNote(document: unknown): ZoneLimitsNote {
  if (typeof document !== "object" || document === null) return NO_LIMITS;
  const note = document as Partial<ZoneLimitsNote>;
  return note.version === 1 ? (note as ZoneLimitsNote) : NO_LIMITS;
}

export function narrowed(limits: ZoneLimits, note: ZoneLimitsNote): ZoneLimits {
  const records = Math.min(limits.records, note.records ?? limits.records);
  // A zone has no more names than records.
  return { records, names: limits.names, octets: Math.min(limits.octets, note.octets ?? limits.octets) };
}

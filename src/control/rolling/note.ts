/** What is remembered of a zone's rollovers: a document of the store, written in the same transaction as the rows of its keys. */
import type { Roll, RollKind } from "#keyplan";

export const ROLL_KIND = "rollover";

export type RollNote = {
  readonly version: 1;
  readonly zsk: Roll | null;
  readonly ksk: Roll | null;
  /** Ids of keys that nobody asked to be rolled: they were old enough. */
  readonly automatic: readonly string[];
  /** After how many days the ZSK is rolled; null: never. */
  readonly zskDays: number | null | "default";
  /** Unix seconds: when that was last set. */
  readonly zskDaysSince: number;
  /** The same of the KSK. */
  readonly kskDays: number | null | "default";
  readonly kskDaysSince: number;
  /** By id, of keys that are rolled: for the case that their rows are gone. */
  readonly tags: Readonly<Record<string, number>>;
  /** The newest last. */
  readonly past: readonly PastRoll[];
};

export type PastRoll = {
  readonly kind: RollKind;
  readonly oldTag: number;
  readonly newTag: number;
  /** Unix seconds. */
  readonly startedAt: number;
  readonly activatedAt: number | null;
  readonly endedAt: number;
  /** `dropped`: the zone's keys were deleted meanwhile. */
  readonly end: "rolled" | "cancelled" | "dropped";
};

export const MAX_PAST = 12;

export const NO_ROLLS: RollNote = {
  version: 1,
  zsk: null,
  ksk: null,
  automatic: [],
  zskDays: "default",
  zskDaysSince: 0,
  kskDays: "default",
  kskDaysSince: 0,
  tags: {},
  past: [],
};

/** Undefined when the document is not one of this version. A number that JSON has as nothing is undefined again. */
export function readRollNote(document: unknown): RollNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<RollNote>;
  if (note.version !== 1 || !Array.isArray(note.past)) return undefined;
  const roll = (kept: Roll | null | undefined): Roll | null =>
    kept
      ? {
          ...kept,
          shared: kept.shared ?? false,
          activatedAt: kept.activatedAt ?? undefined,
          agreedAt: kept.agreedAt ?? undefined,
        }
      : null;
  return { ...NO_ROLLS, ...note, zsk: roll(note.zsk), ksk: roll(note.ksk) };
}

export function rollsOf(note: RollNote): readonly Roll[] {
  return [note.zsk, note.ksk].filter((roll) => roll !== null);
}

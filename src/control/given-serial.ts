/**
 * The serial that a zone is served with once secondaries transfer it from here: never one under which they may have something
 * else, and never one before it (RFC 1982).
 *
 *   signed here   the primary's while that is newer than all that was given out, else one more: each signing is a version
 *   unsigned      the primary's while what is served is what came, else, after another mode, one more until that has passed it
 *   pre-signed    the primary's, whatever it is: the signature over the SOA allows no other
 */
import type { Denial, SigningMode } from "#keyplan";
import { nextServedSerial } from "#transfer";
import { serialNewer } from "#zone";
import { type ServedVersion, type StoredVersion, sameVersion } from "./versions.ts";

export const GIVEN_SERIAL_KIND = "given-serial";

/** The newest version that secondaries were given, or may have been. On disk before they are. */
export type LastGiven = { readonly version: 1; readonly serial: number; readonly mode: SigningMode };

/** Undefined when the document is not one of this version. */
export function readLastGiven(document: unknown): LastGiven | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { version, serial, mode } = document as Partial<LastGiven>;
  return version === 1 && typeof serial === "number" && typeof mode === "string"
    ? { version, serial, mode }
    : undefined;
}

export type ServedFacts = {
  readonly mode: SigningMode;
  readonly denial: Denial | undefined;
  readonly stored: StoredVersion;
  readonly served: ServedVersion | undefined;
  readonly givenOut: boolean;
  readonly lastGiven: LastGiven | undefined;
};

export function serialToServe({ mode, denial, stored, served, givenOut, lastGiven }: ServedFacts): number {
  if (!givenOut || mode === "presigned") return stored.serial;
  const isServed = denial === undefined && served?.mode === mode && sameVersion(served.from, stored);
  if (isServed && !(lastGiven && isBehind(served.image.serial, mode, lastGiven))) return served.image.serial;
  return nextServedSerial(stored.serial, newestGiven({ served, lastGiven })?.serial);
}

/** What is served is given to whoever comes, also before it was noted. */
export function newestGiven({ served, lastGiven }: Pick<ServedFacts, "served" | "lastGiven">): LastGiven | undefined {
  if (!served) return lastGiven;
  const { mode, image } = served;
  if (lastGiven && serialNewer(lastGiven.serial, image.serial)) return lastGiven;
  return { version: 1, serial: image.serial, mode };
}

/** Secondaries that have the last given version take nothing with this serial, or take it for what they have. */
export function isBehind(serial: number, mode: SigningMode, lastGiven: LastGiven): boolean {
  if (serial === lastGiven.serial) return mode !== lastGiven.mode;
  return !serialNewer(serial, lastGiven.serial);
}

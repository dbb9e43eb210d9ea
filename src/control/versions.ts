/** Versions of one zone by what they are for: what was transferred, and what is served. They have different types on purpose. */

import type { ZonemdHash } from "#dnssec";
import type { PackedPart, SignatureTable, Touched, ZoneImage } from "#image";
import type { Denial, SigningMode } from "#keyplan";
import type { PublishedRRset } from "#publish";
import type { KeyRow, SignatureFile } from "#store";
import type { ZoneChange, ZoneVersion } from "#zone";
import type { ShownProblems } from "./problems.ts";

/** As it came from the primary: every record. On disk before anything is made of it. */
export type StoredVersion = {
  readonly image: ZoneImage;
  /** Name of its file. */
  readonly file: string;
  readonly serial: number;
  /** Milliseconds since 1970. */
  readonly transferredAt: number;
  /** Undefined when it is not known: then it is no base for an IXFR. */
  readonly origin: Origin | undefined;
};

/** Where a stored version came from, and whether it can be the base of an IXFR. */
export type Origin = {
  /** Id of the peer. */
  readonly peer: string;
  /** False when an RRset came with TTLs that differ: one was kept, so what the primary has is not known record by record. */
  readonly exact: boolean;
};

/** What a transfer brought: a whole version, made from changes or not, or an overlay over what is stored. */
export type Arrival = {
  readonly serial: number;
  /** Undefined: it is `overlaid`. */
  readonly version: ZoneVersion | undefined;
  readonly overlaid: OverlaidVersion | undefined;
  /** By which it came from `base`: an IXFR. Undefined: it was transferred as a whole. */
  readonly changes: readonly ZoneChange[] | undefined;
  readonly base: StoredVersion | undefined;
  readonly origin: Origin;
};

/** A version as an overlay over `base`, not stored yet. */
export type OverlaidVersion = {
  readonly base: StoredVersion;
  readonly image: ZoneImage;
  readonly touched: Touched;
  readonly problems: ShownProblems;
};

/** Whether two are the same content: the same file, and the same overlay over it. */
export function sameVersion(a: StoredVersion | undefined, b: StoredVersion | undefined): boolean {
  return a !== undefined && b !== undefined && a.file === b.file && a.image.root === b.image.root;
}

/** What the edge serves (or will, as soon as it has acknowledged). */
export type ServedVersion = {
  readonly mode: SigningMode;
  /** Only where answers are signed here. */
  readonly denial: Denial | undefined;
  readonly image: ZoneImage;
  /** Name of its file: the stored version's own when nothing had to be changed. */
  readonly file: string;
  /** The stored version it was made of. */
  readonly from: StoredVersion;
  readonly signing: Signing | undefined;
  /** Unix seconds; pre-signed: when the first RRset loses its last signature. */
  readonly expiration: number | undefined;
  /** The same, each RRset's end less its TTL: caches that fill later outlive a signature. */
  readonly cacheHorizon?: number | undefined;
  /** It was found wrong and released by the operator: what came with it is known to be bad in part. */
  readonly flawed?: boolean | undefined;
  /** The ZONEMD that the stored version was verified by. */
  readonly zonemd?: ZonemdHash | undefined;
};

export type Signing = {
  readonly zsk: KeyRow;
  /** Unsealed; goes over the seam and nowhere else. */
  readonly zskPrivate: Uint8Array;
  readonly table: SignatureTable;
  readonly tableFile: SignatureFile;
  /** Where it stands, as far as it stands in packs. */
  readonly packed?: readonly PackedPart[] | undefined;
  readonly apex: SignedApex;
};

/** DNSKEY, CDS and CDNSKEY with the KSK's signatures. */
export type SignedApex = {
  readonly rrsets: readonly PublishedRRset[];
  /** Unix seconds. */
  readonly expiration: number;
  readonly resignAt: number;
};

/** What of a served version is kept beside its row: how it was made, so that a restart serves the same. */
export type ServedNote = {
  readonly version: 1;
  readonly mode: SigningMode;
  readonly denial: Denial | null;
  /** File of the stored version it was made of, and root of the overlay over that; absent: none. */
  readonly from: string;
  readonly fromOverlay?: number;
  readonly flawed?: boolean;
  readonly expiration: number | null;
  readonly cacheHorizon?: number;
  readonly zonemd?: ZonemdHash | null;
};

/** What of a stored version is kept beside its row. Written in the same transaction. */
export type StoredNote = Origin & {
  readonly version: 1;
  /** Its file: a note about another one says nothing. */
  readonly file: string;
};

/** Undefined when the document is not one of this version, or not about this file. */
export function readOrigin(document: unknown, file: string): Origin | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const { version, file: about, peer, exact } = document as Partial<StoredNote>;
  const sound = version === 1 && about === file && typeof peer === "string" && typeof exact === "boolean";
  return sound ? { peer, exact } : undefined;
}

const MODES: ReadonlySet<unknown> = new Set(["unsigned", "live", "presigned", "multisigner"]);
const HASHES: ReadonlySet<unknown> = new Set(["sha384", "sha512", null, undefined]);
const DENIALS: ReadonlySet<unknown> = new Set(["compact", "nsec3", "chain", null]);

/** Undefined when the document is not one of this version. */
export function readServedNote(document: unknown): ServedNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<ServedNote>;
  const sound =
    note.version === 1 &&
    MODES.has(note.mode) &&
    DENIALS.has(note.denial) &&
    typeof note.from === "string" &&
    (note.fromOverlay === undefined || typeof note.fromOverlay === "number") &&
    (note.expiration === null || typeof note.expiration === "number") &&
    (note.cacheHorizon === undefined || typeof note.cacheHorizon === "number") &&
    HASHES.has(note.zonemd);
  return sound ? (note as ServedNote) : undefined;
}

/** What a round goes by and what it has made so far: handed from step to step (pipeline.ts), each of which gives a new one. */
import type { Result } from "#bytes";
import type { ZonemdHash } from "#dnssec";
import type { ZoneImage } from "#image";
import { type Denial, type DnssecFlags, type DnssecStatus, denialOf, type SigningMode, signingMode } from "#keyplan";
import type { Name } from "#name";
import type { KeyRow, ZoneRow } from "#store";
import type { ZoneChange, ZoneVersion } from "#zone";
import type { Compacted, ImageFile } from "./compaction.ts";
import type { LastGiven } from "./given-serial.ts";
import type { Compiling } from "./keep-image.ts";
import type { ZoneLimitsNote } from "./limits-note.ts";
import {
  type Arrival,
  type Origin,
  type OverlaidVersion,
  type ServedVersion,
  type SignedApex,
  type StoredVersion,
  sameVersion,
} from "./versions.ts";
import type { Fault } from "./work.ts";

/** The facts of a zone that a round goes by, as they were when it began. */
export type RoundContext = {
  readonly zoneId: string;
  readonly name: string;
  readonly row: ZoneRow;
  readonly apex: Name;
  readonly status: DnssecStatus;
  readonly flags: DnssecFlags;
  readonly keys: readonly KeyRow[];
  readonly stored: StoredVersion | undefined;
  readonly served: ServedVersion | undefined;
  readonly limits: ZoneLimitsNote;
  /** The stored version that the operator released: it is taken in spite of what speaks against it. */
  readonly released: StoredVersion | undefined;
  /** Something is held, and is not any more when this round is through. */
  readonly endsHold: boolean;
  /** Secondaries transfer it from here. */
  readonly givenOut: boolean;
  readonly lastGiven: LastGiven | undefined;
};

/** What a round has made so far. */
export type Draft = {
  readonly context: RoundContext;
  /** What is served is signed anew, and nothing else. */
  readonly resign: boolean;
  /** A finished transfer that was not stored yet. */
  readonly transferred: ZoneVersion | undefined;
  /** The same, but as an overlay over what is stored. */
  readonly overlaid: OverlaidVersion | undefined;
  /** Of `transferred`, begun with the check. */
  readonly compiling: Compiling | undefined;
  /** Of the first version of a large zone: when its file and its row, and then what is served of it, are on disk. */
  readonly written: Promise<void> | undefined;
  /** Stored as an overlay: its row is written with that of what is served of it, or when that comes to nothing; after its segment. */
  readonly unnamed: StoredVersion | undefined;
  /** When the segment of `unnamed` is on disk. Its signatures are looked at while the disk writes. */
  readonly appended: Promise<void> | undefined;
  /** What the overlay that this round stored has changed since `base`. */
  readonly delta: OverlaidVersion | undefined;
  /** The round lays what is stored and served anew, and changes nothing of the content. */
  readonly compacted: Compacted | undefined;
  /** Of it: the image that takes the place of what is served, where that is one of its own. */
  readonly remade: ImageFile | undefined;
  /** By which it came from the stored version that the round began with; undefined when it came as a whole. */
  readonly changes: readonly ZoneChange[] | undefined;
  /** Of `transferred`. */
  readonly origin: Origin | undefined;
  /** Sentences about what is not wrong, but odd. */
  readonly suspicions: readonly string[];
  readonly stored: StoredVersion | undefined;
  readonly mode: SigningMode;
  readonly denial: Denial | undefined;
  readonly image: ZoneImage | undefined;
  /** File of `image`; not yet written when it is neither the stored nor the served version's. */
  readonly file: string | undefined;
  readonly expiration: number | undefined;
  readonly cacheHorizon: number | undefined;
  /** It was found wrong, and is served by order of the operator. */
  readonly flawed: boolean;
  /** The stored version was verified by its ZONEMD. */
  readonly zonemd: ZonemdHash | undefined;
  readonly apex: SignedApex | undefined;
  readonly zskPrivate: Uint8Array | undefined;
  readonly result: ServedVersion | undefined;
};

export function beginDraft(
  context: RoundContext,
  arrival: Arrival | undefined,
  resign: boolean,
  compacted?: Compacted,
): Draft {
  const mode = signingMode(context.status.phase, context.flags);
  const signs = mode === "live" || mode === "multisigner";
  const empty = {
    context,
    resign,
    transferred: arrival?.version,
    overlaid: arrival?.overlaid,
    compiling: undefined,
    written: undefined,
    unnamed: undefined,
    appended: undefined,
    delta: undefined,
    compacted,
    remade: undefined,
    // Of no use when something else was stored meanwhile.
    changes: arrival && sameVersion(arrival.base, context.stored) ? arrival.changes : undefined,
    origin: arrival?.origin,
    suspicions: [],
    expiration: undefined,
    cacheHorizon: undefined,
    flawed: false,
    zonemd: undefined,
    apex: undefined,
    zskPrivate: undefined,
    result: undefined,
  };
  const { served } = context;
  if (resign && served) {
    const { image, file, from, expiration, cacheHorizon, zonemd, mode: now, denial } = served;
    const flawed = served.flawed === true;
    return { ...empty, stored: from, mode: now, denial, image, file, expiration, cacheHorizon, zonemd, flawed };
  }
  const denial = signs ? denialOf(context.flags, context.apex) : undefined;
  return { ...empty, stored: context.stored, mode, denial, image: undefined, file: undefined };
}

export type StepResult = Result<Draft, Fault>;

/** What is served is what was stored when the round began, and only where it stands changes. */
export function isCompaction({ compacted, context, mode }: Draft): boolean {
  const { served, stored } = context;
  return compacted !== undefined && served !== undefined && sameVersion(served.from, stored) && served.mode === mode;
}

/** The same is served, too, to the last octet: of a compaction whose way of denial was not changed meanwhile. */
export function isSameServed(draft: Draft): boolean {
  return isCompaction(draft) && draft.context.served?.denial === draft.denial;
}

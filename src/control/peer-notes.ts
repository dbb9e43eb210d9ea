/** What is remembered of a zone's primaries over a restart: a document of the store. */
import type { PeerView } from "#transfer";

export type PeerNote = {
  /** Milliseconds since 1970, of the last answer or failure. */
  readonly checkedAt: number | null;
  readonly serial: number | null;
  readonly checkError: { readonly code: string; readonly message: string } | null;
  readonly transferredAt: number | null;
  readonly transferError: { readonly code: string; readonly message: string } | null;
};

export const NO_PEER_CHECKS: PeerNote = {
  checkedAt: null,
  serial: null,
  checkError: null,
  transferredAt: null,
  transferError: null,
};

export type RefreshNote = {
  readonly version: 1;
  /** Unix seconds. */
  readonly lastGoodCheck: number | null;
  readonly primarySerial: number | null;
  readonly notifiedSerial: number | null;
  /** Of a held version that the operator threw away. */
  readonly droppedSerial: number | null;
  readonly peers: Readonly<Record<string, PeerNote>>;
  /** Unix seconds; what a primary's EDNS EXPIRE said at the last good check. Absent in documents of 0.1.0, as all below. */
  readonly expireBound?: number | null;
  /** Peer that the stored version came from. */
  readonly source?: string | undefined;
  readonly views?: Readonly<Record<string, PeerView>>;
};

export const NO_CHECKS: RefreshNote = {
  version: 1,
  lastGoodCheck: null,
  primarySerial: null,
  notifiedSerial: null,
  droppedSerial: null,
  peers: {},
};

/** Undefined when the document is not one of this version. */
export function readRefreshNote(document: unknown): RefreshNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<RefreshNote>;
  return note.version === 1 && typeof note.peers === "object" ? { ...NO_CHECKS, ...note } : undefined;
}

/** Nothing is fetched for the zone, by order of the operator: a document of the store. */
export type FrozenNote = {
  readonly version: 1;
  /** Milliseconds since 1970. */
  readonly at: number;
};

export function readFrozenNote(document: unknown): FrozenNote | undefined {
  if (typeof document !== "object" || document === null) return undefined;
  const note = document as Partial<FrozenNote>;
  return note.version === 1 && typeof note.at === "number" ? (note as FrozenNote) : undefined;
}

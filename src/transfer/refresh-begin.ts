/** The refresh machine before its first event: what a zone begins with, new or as a restart found it on disk. */
import type { PeerId, PeerView, RefreshPhase, RefreshSettings, RefreshState, SoaTimers } from "./refresh-state.ts";

export type Stored = {
  readonly serial: number;
  readonly expireSeconds: number;
  readonly lastGoodCheck: number;
  readonly soaTimers?: SoaTimers | undefined;
  /** What a primary's EDNS EXPIRE said at that check. */
  readonly expireBound?: number | undefined;
  readonly source?: PeerId | undefined;
  readonly views?: Readonly<Record<PeerId, PeerView>> | undefined;
};

/** Serials that a restart remembers of versions that are not served. */
export type Refused = { readonly heldSerial?: number; readonly droppedSerial?: number };

/** Of all zones at rest. */
export const IDLE: RefreshPhase = { kind: "idle" };

/** Of all zones of which no primary has shown anything. */
const NO_VIEWS: RefreshState["views"] = {};

/** `stored` and `refused` are what a restart found on disk. Feed "start" next. */
export function initialRefreshState(settings: RefreshSettings, stored?: Stored, refused: Refused = {}): RefreshState {
  return {
    settings,
    phase: IDLE,
    serial: stored?.serial,
    expireSeconds: stored?.expireSeconds,
    lastGoodCheck: stored?.lastGoodCheck,
    serving: stored ? "current" : "none",
    failedRounds: 0,
    planned: undefined,
    deferred: undefined,
    quietUntil: 0,
    heldSerial: refused.heldSerial,
    droppedSerial: refused.droppedSerial,
    attempt: 0,
    timerAt: undefined,
    soaTimers: stored?.soaTimers,
    source: stored?.source,
    views: stored?.views ?? NO_VIEWS,
    expireBound: stored?.expireBound,
    hint: undefined,
    unconfirmed: undefined,
    idleNotifies: 0,
    checks: 0,
    seen: undefined,
    graceUntil: undefined,
  };
}

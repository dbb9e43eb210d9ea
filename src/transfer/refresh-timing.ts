/** When a zone is looked at next, and until when it may be served. Seconds everywhere; `jitter` is 0 to 1, handed in. */
import type { RefreshState } from "./refresh-state.ts";

/** A UDP question is answered within milliseconds or lost. */
export const UDP_TIMEOUT_SECONDS = 3;
export const TCP_TIMEOUT_SECONDS = 10;
/** A whole transfer; the performer also gives up when nothing comes for a shorter while. */
export const TRANSFER_TIMEOUT_SECONDS = 3600;

const FIRST_RETRY_SECONDS = 10;
const LONGEST_RETRY_SECONDS = 3600;
/** Shortest time between two checks, whatever SOA EXPIRE asks for. */
const SHORTEST_CHECK_SECONDS = 5;
/** A NOTIFY that announced more than the primary then served: asked again after each of these. */
const RECHECK_SECONDS: readonly number[] = [1, 2, 4, 8, 16];
/** The longest wait for a turn before a question or transfer goes out. */
export const QUEUE_SECONDS = 3600;
/** A primary that is back is asked by all zones that waited for it within this. */
export const RECOVERY_SPREAD_SECONDS = 30;
/** NOTIFYs that led to nothing: so many in a row at once, then one a second. */
export const IDLE_NOTIFIES = 4;
/** A step so much later than its timer: the clock was set forward, or the machine slept. */
export const JUMP_SECONDS = 60;
/** Set back by more than this: every time that was planned moves with it. */
export const BACK_SECONDS = 2;
/** After a jump over the end of EXPIRE, so long for asking the primaries. */
export const GRACE_SECONDS = 60;
/** Verdicts about primaries that stay are told again after this. */
export const REMIND_SECONDS = 86_400;
/** Bounds for SOA REFRESH and RETRY where they rule (RFC 1912 section 2.2 advises 1200 and more; they are told by strangers). */
const REFRESH_BOUNDS = { least: 60, most: 604_800 };
const RETRY_BOUNDS = { least: 30, most: 86_400 };
/** Of a SOA with EXPIRE 0, which would never be served. */
export const DEFAULT_EXPIRE_SECONDS = 604_800;
/** Checks that fit into EXPIRE: when the refresh interval is longer than EXPIRE, it would end the zone between two checks. */
const CHECKS_BEFORE_EXPIRE = 3;
/** Share of the interval by which checks come early, so that zones taken up together drift apart. */
const SPREAD = 0.05;
const START_SPREAD = 0.9;
const QUIET_SECONDS = 5;
const LONGEST_QUIET_SECONDS = 60;

/** When the stored version may no longer be served (RFC 1035 section 3.3.13); undefined when there is none. */
export function expiresAt(state: RefreshState): number | undefined {
  if (state.expireBound !== undefined) return state.expireBound;
  if (state.lastGoodCheck === undefined || state.expireSeconds === undefined) return undefined;
  return state.lastGoodCheck + (state.expireSeconds === 0 ? DEFAULT_EXPIRE_SECONDS : state.expireSeconds);
}

export function checkInterval(state: RefreshState): number {
  const { settings, soaTimers, expireSeconds } = state;
  const wanted =
    settings.timers === "soa" && soaTimers
      ? within(soaTimers.refreshSeconds, REFRESH_BOUNDS)
      : settings.autoRefreshSeconds;
  if (expireSeconds === undefined || expireSeconds === 0) return wanted;
  return Math.min(wanted, Math.max(SHORTEST_CHECK_SECONDS, Math.floor(expireSeconds / CHECKS_BEFORE_EXPIRE)));
}

/** Zones that were taken up together by a start are spread over the whole interval with their second check. */
export function nextCheckAt(state: RefreshState, from: number, jitter: number): number {
  const spread = state.checks === 1 ? START_SPREAD : SPREAD;
  return from + Math.ceil(checkInterval(state) * (1 - spread * jitter));
}

/** At once without a copy; otherwise when the stored one is due, or soon where that is long ago: not all zones in one second. */
export function firstCheckAt(state: RefreshState, now: number, jitter: number): number {
  const { lastGoodCheck } = state;
  if (lastGoodCheck === undefined) return now;
  const due = nextCheckAt(state, lastGoodCheck, jitter);
  if (due > now) return Math.min(due, nextCheckAt(state, now, 0));
  const end = expiresAt(state);
  if (end !== undefined && end <= now) return now;
  return now + Math.floor(Math.min(RECOVERY_SPREAD_SECONDS, checkInterval(state) / 10) * jitter);
}

/** Every time of the state, `by` seconds later (or, negative, earlier): the clock was set. */
export function shiftTimes(state: RefreshState, by: number): RefreshState {
  const moved = (at: number | undefined) => (at === undefined ? undefined : at + by);
  const { phase, planned } = state;
  return {
    ...state,
    phase: "deadline" in phase ? { ...phase, deadline: phase.deadline + by } : phase,
    planned: planned && { ...planned, at: planned.at + by },
    lastGoodCheck: moved(state.lastGoodCheck),
    expireBound: moved(state.expireBound),
    quietUntil: state.quietUntil === 0 ? 0 : state.quietUntil + by,
    graceUntil: moved(state.graceUntil),
    views: Object.fromEntries(
      Object.entries(state.views).map(([peer, view]) => [peer, { ...view, toldAt: moved(view.toldAt) }]),
    ),
  };
}

/** How long after the `asked`th question for an announced serial the next one follows; undefined: no more. */
export function recheckSeconds(asked: number): number | undefined {
  return RECHECK_SECONDS[asked];
}

/**
 * 10, 20, 40 … seconds, an hour at most (SOA RETRY where that rules) and never longer than the check interval; spread over
 * 75 to 125 %.
 */
export function retryAt(state: RefreshState, failedRounds: number, now: number, jitter: number): number {
  const doubled = FIRST_RETRY_SECONDS * 2 ** Math.min(failedRounds - 1, 16);
  const { settings, soaTimers } = state;
  const longest =
    settings.timers === "soa" && soaTimers ? within(soaTimers.retrySeconds, RETRY_BOUNDS) : LONGEST_RETRY_SECONDS;
  const delay = Math.min(doubled, longest, checkInterval(state));
  return now + Math.max(1, Math.round(delay * (0.75 + 0.5 * jitter)));
}

/** How long NOTIFY is put off after `rounds` bad rounds in a row: a primary that sends rubbish may not keep us busy. */
export function quietSeconds(rounds: number): number {
  return Math.min(LONGEST_QUIET_SECONDS, QUIET_SECONDS * Math.max(1, rounds));
}

function within(seconds: number, { least, most }: { readonly least: number; readonly most: number }): number {
  return Math.min(most, Math.max(least, seconds));
}

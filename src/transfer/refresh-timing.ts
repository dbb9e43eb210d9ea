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
/** A NOTIFY that announced more than the primary then served: asked once again after this. */
export const RECHECK_SECONDS = 5;
/** Of a SOA with EXPIRE 0, which would never be served. */
const DEFAULT_EXPIRE_SECONDS = 604_800;
/** Checks that fit into EXPIRE: when the refresh interval is longer than EXPIRE, it would end the zone between two checks. */
const CHECKS_BEFORE_EXPIRE = 3;
/** Share of the interval by which checks come early, so that zones taken up together drift apart. */
const SPREAD = 0.05;
const QUIET_SECONDS = 5;
const LONGEST_QUIET_SECONDS = 60;

/** When the stored version may no longer be served (RFC 1035 section 3.3.13); undefined when there is none. */
export function expiresAt(state: RefreshState): number | undefined {
  if (state.lastGoodCheck === undefined || state.expireSeconds === undefined) return undefined;
  return state.lastGoodCheck + (state.expireSeconds === 0 ? DEFAULT_EXPIRE_SECONDS : state.expireSeconds);
}

export function checkInterval(state: RefreshState): number {
  const { autoRefreshSeconds } = state.settings;
  if (state.expireSeconds === undefined || state.expireSeconds === 0) return autoRefreshSeconds;
  const within = Math.floor(state.expireSeconds / CHECKS_BEFORE_EXPIRE);
  return Math.min(autoRefreshSeconds, Math.max(SHORTEST_CHECK_SECONDS, within));
}

export function nextCheckAt(state: RefreshState, from: number, jitter: number): number {
  return from + Math.ceil(checkInterval(state) * (1 - SPREAD * jitter));
}

/** 10, 20, 40 … seconds, an hour at most and never longer than the check interval; spread over 75 to 125 %. */
export function retryAt(state: RefreshState, failedRounds: number, now: number, jitter: number): number {
  const doubled = FIRST_RETRY_SECONDS * 2 ** Math.min(failedRounds - 1, 16);
  const delay = Math.min(doubled, LONGEST_RETRY_SECONDS, checkInterval(state));
  return now + Math.max(1, Math.round(delay * (0.75 + 0.5 * jitter)));
}

/** How long NOTIFY is put off after `rounds` bad rounds in a row: a primary that sends rubbish may not keep us busy. */
export function quietSeconds(rounds: number): number {
  return Math.min(LONGEST_QUIET_SECONDS, QUIET_SECONDS * Math.max(1, rounds));
}

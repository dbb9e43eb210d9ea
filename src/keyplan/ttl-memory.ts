/**
 * For how long caches may hold what is not served any more: a TTL that was lowered lives on in them. Pure.
 *
 *   served  ── TTL 86400 ──┐ lowered          ┌ a rollover's wait begins here, and lasts until `until`, not for 300 s
 *                          └── TTL 300 ───────┴────────────▶
 *   caches  ── hold the last one of 86400 s ──────────────────────▶ until
 */

/** Of an RRset, or of all that are signed. */
export type PastTtl = {
  /** The TTL of the copies that run out last. */
  readonly seconds: number;
  /** Unix seconds: when the last copy runs out. */
  readonly until: number;
};

export const NO_PAST_TTL: PastTtl = { seconds: 0, until: 0 };

/** `before` was served until `now`, Unix seconds; `after` from now on, 0 when nothing. The same value when nothing is to be remembered. */
export function rememberTtl(past: PastTtl, before: number, after: number, now: number): PastTtl {
  if (before <= after) return past;
  // The one that runs out last says it all: whoever waits for that has waited for the others.
  if (heldSeconds(past, 0, now) >= before) return past;
  return { seconds: before, until: now + before };
}

/**
 * For how many seconds from now on somebody may hold a copy: of what is served with the TTL `current`, or of what was. A clock that
 * was set back makes no copy live longer than its TTL.
 */
export function heldSeconds({ seconds, until }: PastTtl, current: number, now: number): number {
  return Math.max(current, Math.min(until - now, seconds), 0);
}

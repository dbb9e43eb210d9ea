/**
 * When live signatures hold. Time is cut into periods; one signature is made for each RRset and period, by whoever is
 * asked first. The cuts are shifted for each RRset by a phase, so that no moment renews a whole zone, and everything
 * follows from apex, owner, type and time alone: workers, restarts and nodes make the same windows.
 *
 * ```
 *            period n-1        period n          period n+1            (6 hours each, cut at n·length − phase)
 *      ──────┬─────────────────┬─────────────────┬──────────────▶
 *   inception◀──── 24 h ───────┤  signature n is given out here
 *                              ├──────── 26 h ───────────────────────▶ expiration = inception + 50 h
 * ```
 */

export type SigningPeriod = {
  /** Seconds; each signature is given out for so long. */
  readonly lengthSeconds: number;
  /** Seconds from inception to the period's start: room for clocks that run behind. */
  readonly backdateSeconds: number;
  /** Seconds from inception to expiration. */
  readonly validitySeconds: number;
};

/** Windows of 50 hours, of which at least 20 are left for caches when the period ends. */
export const SIGNING_PERIOD: SigningPeriod = {
  lengthSeconds: 6 * 3600,
  backdateSeconds: 24 * 3600,
  validitySeconds: 50 * 3600,
};

/** Seconds, 0 to lengthSeconds − 1. `ownerHash` is `nameHash` of the owner (of the name signed over). */
export function periodPhase(ownerHash: number, type: number, period: SigningPeriod): number {
  const mixed = Math.imul(ownerHash ^ Math.imul(type, 0x9e3779b1), 0x85ebca6b);
  return ((mixed ^ (mixed >>> 15)) >>> 0) % period.lengthSeconds;
}

/** The number of the period that `now` (seconds since 1970) falls into. */
export function periodAt(now: number, phase: number, period: SigningPeriod): number {
  return Math.floor((now + phase) / period.lengthSeconds);
}

/** Seconds since 1970; take it modulo 2^32 for the wire. */
export function periodInception(number: number, phase: number, period: SigningPeriod): number {
  return number * period.lengthSeconds - phase - period.backdateSeconds;
}

/** Seconds since 1970; take it modulo 2^32 for the wire. */
export function periodExpiration(number: number, phase: number, period: SigningPeriod): number {
  return periodInception(number, phase, period) + period.validitySeconds;
}

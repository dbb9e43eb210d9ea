/** When a key is old enough to be rolled without being told. */

/** Of a lifetime: keys made in one hour are rolled over so long a time, each at its own. */
const SPREAD = 0.1;
/** Those that are too old when somebody first looks (another setting, an upgrade) begin within so long, seconds. */
export const OVERDUE_SPREAD_SECONDS = 6 * 3600;

export type KeyAge = {
  /** Unix seconds. */
  readonly madeAt: number;
  readonly lifetimeSeconds: number;
  /** In [0, 1), of the key for good. */
  readonly fraction: number;
  /** Unix seconds: since when it is known that keys are to be rolled at this age. */
  readonly knownSince: number;
};

/** Unix seconds: never later than the lifetime, where it was known in time. */
export function rollDueAt({ madeAt, lifetimeSeconds, fraction, knownSince }: KeyAge): number {
  const due = madeAt + lifetimeSeconds * (1 - SPREAD * fraction);
  return due >= knownSince ? due : Math.max(due, knownSince + OVERDUE_SPREAD_SECONDS * fraction);
}

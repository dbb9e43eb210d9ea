/** How often the parent is asked for the DS: often while somebody waits for a change, seldom once it is settled. */
import type { DnssecStatus } from "./status.ts";

export type PollLimits = {
  /** The first interval, seconds. */
  readonly youngSeconds: number;
  /** The longest interval, seconds. */
  readonly settledSeconds: number;
};

export const POLL_LIMITS: PollLimits = { youngSeconds: 10, settledSeconds: 600 };

/**
 * When to ask next, Unix seconds, or undefined when there is nothing to ask for. A change that is waited for (pending,
 * pending-disabled) is asked after an eighth of the time it has been waited for, within the limits. `jitter` in [0, 1).
 */
export function nextParentPoll(
  status: DnssecStatus,
  now: number,
  jitter: number,
  limits: PollLimits = POLL_LIMITS,
): number | undefined {
  if (status.phase === "deleted") return undefined;
  if (status.parentAt === undefined) return now;
  const waiting = status.phase === "pending" || status.phase === "pending-disabled" || status.parent === "mismatch";
  const age = Math.max(0, now - (status.modifiedAt ?? now));
  const wanted = waiting ? age / 8 : youngThenSettled(age, limits);
  const interval = Math.min(limits.settledSeconds, Math.max(limits.youngSeconds, wanted));
  return now + interval * (0.9 + 0.2 * jitter);
}

/** A settled status is looked at often for a minute (registries flap while servers take over a change), then seldom. */
function youngThenSettled(age: number, limits: PollLimits): number {
  return age < 60 ? limits.youngSeconds : limits.settledSeconds;
}

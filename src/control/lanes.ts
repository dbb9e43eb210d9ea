/** What goes on at the same time, at most; and how much of it timers may take, so that NOTIFY always finds room. */
import type { LaneLimit } from "./gate.ts";

export const Lane = {
  /** All zone transfers. */
  Transfers: "transfers",
  /** Transfers from one primary; its id follows. */
  TransfersOf: "transfers-of",
  /** SOA questions to one primary; its id follows. */
  QuestionsTo: "questions-to",
  /** Looks at parents. */
  Parents: "parents",
} as const;

/** A primary that serves us may serve others. */
const TRANSFERS_OF_ONE: LaneLimit = { atOnce: 4, routine: 3 };
/** 500 a second: 20,000 zones of one primary are asked about within 40 s of a start, and no primary takes that for an attack. */
const QUESTIONS_TO_ONE: LaneLimit = { atOnce: 64, routine: 48, routinePerSecond: 500 };
const PARENTS: LaneLimit = { atOnce: 16, routine: 16 };

/**
 * `transfers`: the operator's limit for all of them; a quarter of it, where there are two or more, is for NOTIFY alone. As many
 * again may stand aside (slow-transfer.ts).
 */
export function laneLimit(lane: string, transfers: number): LaneLimit {
  if (lane === Lane.Transfers) {
    const routine = transfers === 1 ? 1 : transfers - Math.ceil(transfers / 4);
    return { atOnce: transfers, routine, aside: transfers };
  }
  if (lane === Lane.Parents) return PARENTS;
  return lane.startsWith(Lane.TransfersOf) ? TRANSFERS_OF_ONE : QUESTIONS_TO_ONE;
}

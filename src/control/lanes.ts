/** What goes on at the same time, at most. */

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
const TRANSFERS_OF_ONE = 4;
const QUESTIONS_TO_ONE = 64;
const PARENTS = 16;

/** `transfers`: the operator's limit for all of them. */
export function laneLimit(lane: string, transfers: number): number {
  if (lane === Lane.Transfers) return transfers;
  if (lane === Lane.Parents) return PARENTS;
  return lane.startsWith(Lane.TransfersOf) ? TRANSFERS_OF_ONE : QUESTIONS_TO_ONE;
}

/** Why the primaries of a zone are asked just now: as its record has it, and how soon it is its turn. */
import type { TransferRow } from "#store";
import type { Cause, RefreshState } from "#transfer";
import type { Urgency } from "./gate.ts";

export function urgencyOf(state: RefreshState): Urgency {
  return causeOf(state) === "timer" ? "routine" : "notified";
}

/**
 * `goesOn`: nothing came by UDP, and TCP has the word. Behind all that wait for their first question, nobody would find out for minutes
 * that a primary of many zones is gone.
 */
export function urgencyOfQuestion(state: RefreshState, goesOn: boolean): Urgency {
  const urgency = urgencyOf(state);
  return goesOn && urgency === "routine" ? "again" : urgency;
}

export function reasonOf(state: RefreshState): TransferRow["reason"] {
  const cause = causeOf(state);
  if (cause === "forced") return "operator";
  if (cause === "notify" || cause === "recheck") return "notify";
  if (state.failedRounds > 0) return "retry";
  return state.serial === undefined ? "start" : "timer";
}

function causeOf({ phase }: RefreshState): Cause {
  return phase.kind === "idle" ? "timer" : phase.round.cause;
}

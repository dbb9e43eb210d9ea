/**
 * What happens to a zone between a finished transfer (or a change of mode, or a re-signing) and its publication. Pure.
 *
 *   transferred ▶ checking ▶ storing ▶ compiling ▶ validating ▶ approving ▶ signing ▶ saving ▶ publishing ▶ idle
 *   rework (mode, keys) ─────────────────▲        (pre-signed)  (guard, hook)  ▲   (live, multi-signer: the apex)
 *   re-sign (apex dates, status) ────────────────────────────────────────────┘
 *
 *   compacted (overlays made an image) ▶ storing … publishing: the same content
 *
 *   any step ─ fails ▶ idle, and the zone is held(reason): the last good version is served on.
 *   storing keeps what was transferred as it came; compiling makes from the newest stored what is served. So a version that
 *   is held for its signatures is tried again by a change of mode, without asking the primary.
 *   A round that is asked for while another runs waits its turn; of several that wait only the strongest remains
 *   (transferred > rework > re-sign): each does what the weaker ones would do. A compaction that is ready waits until nothing runs.
 *
 * A crash at any step loses nothing: what was saved is a whole version, and the start begins with `rework` from there.
 */

export type Round = "transferred" | "rework" | "resign" | "compacted";

export type Step =
  | "checking"
  | "storing"
  | "compiling"
  | "validating"
  | "approving"
  | "signing"
  | "saving"
  | "publishing";

/** Why a version is not served: stable code for programs, a sentence for people. */
export type Fault = {
  readonly code: string;
  readonly text: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

export type Held = Fault & {
  readonly round: Round;
  readonly step: Step;
  /** Serial of the version that is held. */
  readonly serial: number | undefined;
  /** Unix seconds. */
  readonly since: number;
};

export type Work = {
  readonly doing: { readonly round: Round; readonly step: Step } | undefined;
  readonly next: Round | undefined;
  readonly held: Held | undefined;
};

export const AT_REST: Work = { doing: undefined, next: undefined, held: undefined };

export type WorkEvent =
  | { readonly kind: "begin"; readonly round: Round }
  | { readonly kind: "done"; readonly step: Step }
  | {
      readonly kind: "failed";
      readonly step: Step;
      readonly fault: Fault;
      readonly serial: number | undefined;
      /** No version was ever stored: a rework that waits has nothing to begin with. */
      readonly nothingStored?: boolean;
    }
  /** The operator threw the held version away. */
  | { readonly kind: "dropped" };

export type WorkEffect =
  | { readonly kind: "perform"; readonly round: Round; readonly step: Step }
  | { readonly kind: "held"; readonly held: Held }
  | { readonly kind: "released" }
  | { readonly kind: "finished"; readonly round: Round };

const STEPS: readonly Step[] = [
  "checking",
  "storing",
  "compiling",
  "validating",
  "approving",
  "signing",
  "saving",
  "publishing",
];

const FIRST_STEP: Readonly<Record<Round, Step>> = {
  transferred: "checking",
  rework: "compiling",
  resign: "signing",
  compacted: "storing",
};

const STRENGTH: Readonly<Record<Round, number>> = { transferred: 3, rework: 2, resign: 1, compacted: 0 };

/** The state after `event` and what is to be done now, in order. `now` is Unix seconds. */
export function stepWork(work: Work, event: WorkEvent, now: number): { work: Work; effects: readonly WorkEffect[] } {
  switch (event.kind) {
    case "begin":
      return work.doing
        ? { work: { ...work, next: stronger(work.next, event.round) }, effects: [] }
        : begin(work, event.round, []);
    case "done":
      return done(work, event.step);
    case "failed":
      return failed(work, event, now);
    case "dropped":
      return { work: { ...work, held: undefined }, effects: [] };
  }
}

function begin(
  work: Work,
  round: Round,
  before: readonly WorkEffect[],
): { work: Work; effects: readonly WorkEffect[] } {
  const step = FIRST_STEP[round];
  return {
    work: { ...work, doing: { round, step }, next: undefined },
    effects: [...before, { kind: "perform", round, step }],
  };
}

function done(work: Work, step: Step): { work: Work; effects: readonly WorkEffect[] } {
  // An answer to a step that is no longer the current one is late: nothing waits for it.
  if (work.doing?.step !== step) return { work, effects: [] };
  const { round } = work.doing;
  const following = STEPS[STEPS.indexOf(step) + 1];
  if (following) {
    return {
      work: { ...work, doing: { round, step: following } },
      effects: [{ kind: "perform", round, step: following }],
    };
  }
  const released = work.held !== undefined && releases(round, work.held);
  const effects: WorkEffect[] = released ? [{ kind: "released" }] : [];
  effects.push({ kind: "finished", round });
  return rest({ ...work, doing: undefined, held: released ? undefined : work.held }, effects);
}

function failed(
  work: Work,
  event: Extract<WorkEvent, { kind: "failed" }>,
  now: number,
): { work: Work; effects: readonly WorkEffect[] } {
  if (work.doing?.step !== event.step) return { work, effects: [] };
  const { round, step } = work.doing;
  const held: Held = { ...event.fault, round, step, serial: event.serial, since: now };
  const next = event.nothingStored && work.next !== "transferred" ? undefined : work.next;
  return rest({ ...work, doing: undefined, next, held }, [{ kind: "held", held }]);
}

/**
 * Whether a round that got through makes a hold void. A re-signing concerns the version that is served, so it says nothing
 * about one that is held; a rework starts from what is stored, so it says nothing about a version that never got there.
 */
export function releases(round: Round, held: Held): boolean {
  if (round === "transferred" || held.round === "resign") return true;
  return round === "rework" && held.step !== "checking" && held.step !== "storing";
}

/** Nothing is being done: the round that waited begins. */
function rest(work: Work, effects: readonly WorkEffect[]): { work: Work; effects: readonly WorkEffect[] } {
  return work.next ? begin(work, work.next, effects) : { work, effects };
}

function stronger(a: Round | undefined, b: Round): Round {
  return a && STRENGTH[a] > STRENGTH[b] ? a : b;
}

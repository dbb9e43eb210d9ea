/**
 * How many conversations of a kind (a lane: questions to one primary, say) go on at the same time, and how fast new ones are
 * begun. Work that a NOTIFY or the operator asked for has a queue of its own: it goes first, and of every lane's room a part
 * is its alone, so that any number of stale zones and slow primaries behind timers keep no NOTIFY waiting.
 *
 * ```
 *   notified ─▶ queue ─────────────────────────────┐  while fewer than `atOnce` run
 *   again    ─▶ queue ─┐                           │
 *   routine  ─▶ queue ─┴▶ pace ─▶ fewer than `routine`┴▶ run ─┬─▶ leave ─▶ the next one
 *                                       stand aside, while fewer than `aside` do ─▶ the next one
 * ```
 */

/** "again": routine work that has begun already and goes on (the question by TCP after the one by UDP): before what has not begun. */
export type Urgency = "notified" | "again" | "routine";

/** In this order. */
const URGENCIES = ["notified", "again", "routine"] as const satisfies readonly Urgency[];

export type LaneLimit = {
  /** Running together, 1 or more. */
  readonly atOnce: number;
  /** Of these, for routine work; 1 to `atOnce`. */
  readonly routine: number;
  /** Routine work begun in a second; absent: as fast as there is room. */
  readonly routinePerSecond?: number;
  /** So many more go on beside them, which gave their place to another; absent: none. */
  readonly aside?: number;
};

/**
 * Aside: others begin in its place, and it goes on. Unneeded: nobody waits for it. Full: somebody waits for it, and nobody else may
 * stand aside.
 */
export type Aside = "aside" | "unneeded" | "full";

/** For work that runs: its place in the lane. */
export type Place = { standAside(): Aside };

export type GateTime = {
  /** Milliseconds of a clock that never jumps. */
  readonly nowMs: () => number;
  /** Calls once, after at least so many milliseconds. */
  readonly after: (milliseconds: number, call: () => void) => void;
};

export type RunOptions = {
  /** Whoever is aborted while waiting leaves the queue; its work is run at once, out of turn, and finds the signal aborted. */
  readonly signal?: AbortSignal;
  /** Called, before `run` returns, when there is no room yet. */
  readonly waits?: () => void;
};

/** Told when it was given room. */
type Waiter = { start(): void };
type Waiting = Set<Waiter>;

type Lane = {
  readonly name: string;
  running: number;
  runningRoutine: number;
  /** Go on without a place. */
  aside: number;
  readonly notified: Waiting;
  readonly again: Waiting;
  readonly routine: Waiting;
  /** When the next routine work may begin, milliseconds of the gate's clock. */
  routineAt: number;
  paused: boolean;
  /** One for all turns of a kind. */
  readonly doors: Readonly<Record<Urgency, Door>>;
};

/** How a turn goes out of its lane: before it began, and when it is over. */
type Door = { readonly drop: (turn: Waiter) => void; readonly leave: () => void };

/** Keeps: `begin` is called once, when there is room or when it was given up; only what has room leaves it. */
export class Turn {
  readonly #door: Door;
  readonly #begin: (turn: Turn) => void;
  /** Undefined: it waits. */
  #running: AbortController | undefined;
  #hasRoom = false;

  constructor(door: Door, begin: (turn: Turn) => void) {
    this.#door = door;
    this.#begin = begin;
  }

  /** For the gate: there is room. */
  start(): void {
    this.#hasRoom = true;
    this.#running = new AbortController();
    this.#begin(this);
  }

  /** While it waits, its work is run at once, out of turn, and finds the signal aborted. */
  abort(): void {
    if (this.#running) {
      this.#running.abort();
      return;
    }
    this.#running = new AbortController();
    this.#running.abort();
    this.#door.drop(this);
    this.#begin(this);
  }

  /** For `begin`: does the work, after whatever goes on now, and leaves the lane. */
  async run<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const running = this.#running;
    if (!running) throw new Error("a turn was run before it came");
    await undefined;
    try {
      return await work(running.signal);
    } finally {
      if (this.#hasRoom) this.#door.leave();
    }
  }
}

/** So much routine work may begin at once after a quiet time, as a share of a second's. */
const BURST_SECONDS = 0.1;

/** Invariant: in a lane nobody waits while there is room for him. */
export class Gate {
  readonly #limitOf: (lane: string) => LaneLimit;
  readonly #time: GateTime;
  readonly #lanes = new Map<string, Lane>();

  /** `limitOf` is asked each time, so it may change. */
  constructor(limitOf: (lane: string) => LaneLimit, time: GateTime = RUNTIME) {
    this.#limitOf = limitOf;
    this.#time = time;
  }

  /** Waiting in all lanes. */
  get waiting(): { readonly notified: number; readonly routine: number } {
    let notified = 0;
    let routine = 0;
    for (const lane of this.#lanes.values()) {
      notified += lane.notified.size;
      routine += lane.routine.size + lane.again.size;
    }
    return { notified, routine };
  }

  /** Runs `work` when the lane has room; its outcome is passed on. */
  async run<T>(
    name: string,
    urgency: Urgency,
    work: (place: Place) => Promise<T>,
    options: RunOptions = {},
  ): Promise<T> {
    const lane = this.#lane(name);
    if (!(await this.#enter(lane, urgency, options))) return work(NO_PLACE);
    let isAside = false;
    const standAside = (): Aside => {
      if (isAside) return "aside";
      const asked = this.#standAside(lane, urgency);
      isAside = asked === "aside";
      return asked;
    };
    try {
      return await work({ standAside });
    } finally {
      if (isAside) this.#leaveAside(lane);
      else this.#leave(lane, urgency);
    }
  }

  /**
   * The same for who is one of tens of thousands that wait: a promise, a signal and their listeners would be a kilobyte each, so
   * they are made when its turn comes. `begin` is told then (at once, when there is room), and calls the turn's `run`.
   */
  turn(name: string, urgency: Urgency, begin: (turn: Turn) => void, waits: () => void): Turn {
    const lane = this.#lane(name);
    const turn = new Turn(lane.doors[urgency], begin);
    if (lane[urgency].size === 0 && this.#hasRoom(lane, urgency)) {
      this.#count(lane, urgency);
      turn.start();
      return turn;
    }
    lane[urgency].add(turn);
    this.#pauseForPace(lane);
    waits();
    return turn;
  }

  #lane(name: string): Lane {
    const known = this.#lanes.get(name);
    if (known) return known;
    const lane: Lane = {
      name,
      running: 0,
      runningRoutine: 0,
      aside: 0,
      notified: new Set(),
      again: new Set(),
      routine: new Set(),
      routineAt: 0,
      paused: false,
      doors: {
        notified: this.#door(name, "notified"),
        again: this.#door(name, "again"),
        routine: this.#door(name, "routine"),
      },
    };
    this.#lanes.set(name, lane);
    return lane;
  }

  #door(name: string, urgency: Urgency): Door {
    return {
      drop: (turn) => {
        const lane = this.#lane(name);
        lane[urgency].delete(turn);
        this.#forget(lane);
      },
      leave: () => this.#leave(this.#lane(name), urgency),
    };
  }

  /** False: aborted while it waited. */
  #enter(lane: Lane, urgency: Urgency, { signal, waits }: RunOptions): Promise<boolean> | boolean {
    if (signal?.aborted) return false;
    if (lane[urgency].size === 0 && this.#hasRoom(lane, urgency)) {
      this.#count(lane, urgency);
      return true;
    }
    const entered = new Promise<boolean>((resolve) => {
      const waiter = {
        start: (): void => {
          signal?.removeEventListener("abort", leave);
          resolve(true);
        },
      };
      const leave = (): void => {
        lane[urgency].delete(waiter);
        this.#forget(lane);
        resolve(false);
      };
      signal?.addEventListener("abort", leave, { once: true });
      lane[urgency].add(waiter);
    });
    this.#pauseForPace(lane);
    waits?.();
    return entered;
  }

  #hasRoom(lane: Lane, urgency: Urgency): boolean {
    const limit = this.#limitOf(lane.name);
    if (lane.running >= limit.atOnce) return false;
    if (urgency === "notified") return true;
    return lane.runningRoutine < limit.routine && this.#paceMs(lane, limit) <= 0;
  }

  /** How long the pace makes routine work wait. */
  #paceMs(lane: Lane, limit: LaneLimit): number {
    return limit.routinePerSecond === undefined ? 0 : lane.routineAt - this.#time.nowMs();
  }

  #count(lane: Lane, urgency: Urgency): void {
    lane.running++;
    if (urgency === "notified") return;
    lane.runningRoutine++;
    const { routinePerSecond } = this.#limitOf(lane.name);
    if (routinePerSecond === undefined) return;
    const earliest = this.#time.nowMs() - BURST_SECONDS * 1000;
    lane.routineAt = Math.max(lane.routineAt, earliest) + 1000 / routinePerSecond;
  }

  #leave(lane: Lane, urgency: Urgency): void {
    lane.running--;
    if (urgency !== "notified") lane.runningRoutine--;
    this.#startWaiting(lane);
    this.#forget(lane);
  }

  #standAside(lane: Lane, urgency: Urgency): Aside {
    const limit = this.#limitOf(lane.name);
    // Somebody for whom the place of this one would do.
    const helpsRoutine = urgency !== "notified" || lane.runningRoutine < limit.routine;
    if (lane.notified.size === 0 && !(helpsRoutine && waitsForPace(lane))) return "unneeded";
    if (lane.aside >= (limit.aside ?? 0)) return "full";
    lane.aside++;
    this.#leave(lane, urgency);
    return "aside";
  }

  #leaveAside(lane: Lane): void {
    lane.aside--;
    this.#forget(lane);
  }

  #startWaiting(lane: Lane): void {
    for (const urgency of URGENCIES) {
      const queue = lane[urgency];
      for (const waiter of queue) {
        if (!this.#hasRoom(lane, urgency)) break;
        queue.delete(waiter);
        this.#count(lane, urgency);
        waiter.start();
      }
    }
    this.#pauseForPace(lane);
  }

  /** Routine work waits for nothing but the pace: somebody has to come back and begin it. */
  #pauseForPace(lane: Lane): void {
    if (lane.paused || !waitsForPace(lane)) return;
    const limit = this.#limitOf(lane.name);
    // Without room, whoever leaves begins it. With room it is the pace, even if that has come true since it was looked at.
    if (lane.running >= limit.atOnce || lane.runningRoutine >= limit.routine) return;
    const wait = Math.max(0, this.#paceMs(lane, limit));
    lane.paused = true;
    this.#time.after(wait, () => {
      lane.paused = false;
      this.#startWaiting(lane);
      this.#forget(lane);
    });
  }

  #forget(lane: Lane): void {
    const isEmpty = lane.running === 0 && lane.aside === 0;
    const idle = isEmpty && lane.notified.size === 0 && !waitsForPace(lane) && !lane.paused;
    // Its pace is remembered for as long as it says anything.
    if (idle && lane.routineAt <= this.#time.nowMs()) this.#lanes.delete(lane.name);
  }
}

function waitsForPace(lane: Lane): boolean {
  return lane.again.size > 0 || lane.routine.size > 0;
}

const NO_PLACE: Place = { standAside: () => "unneeded" };

const RUNTIME: GateTime = {
  nowMs: () => performance.now(),
  after: (milliseconds, call) => void setTimeout(call, milliseconds),
};

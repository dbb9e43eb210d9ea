/** How many conversations with one primary go on at the same time; who asked because of a NOTIFY goes first. */

export type Urgency = "notified" | "routine";

type Lane = { running: number; readonly notified: Array<() => void>; readonly routine: Array<() => void> };

/** Invariant: in a lane nobody waits while fewer than its limit run. */
export class Gate {
  readonly #limitOf: (lane: string) => number;
  readonly #lanes = new Map<string, Lane>();

  /** `limitOf` gives 1 or more; it is asked each time, so it may change. */
  constructor(limitOf: (lane: string) => number) {
    this.#limitOf = limitOf;
  }

  /** Runs `work` when the lane (say, transfers from one primary) has room; its outcome is passed on. */
  async run<T>(lane: string, urgency: Urgency, work: () => Promise<T>): Promise<T> {
    await this.#enter(lane, urgency);
    try {
      return await work();
    } finally {
      this.#leave(lane);
    }
  }

  #enter(name: string, urgency: Urgency): Promise<void> {
    const lane = this.#lanes.get(name) ?? { running: 0, notified: [], routine: [] };
    this.#lanes.set(name, lane);
    if (lane.running < this.#limitOf(name)) {
      lane.running++;
      return Promise.resolve();
    }
    return new Promise((start) => lane[urgency].push(start));
  }

  #leave(name: string): void {
    const lane = this.#lanes.get(name);
    if (!lane) return;
    const next = lane.notified.shift() ?? lane.routine.shift();
    if (next) {
      next();
      return;
    }
    lane.running--;
    if (lane.running === 0) this.#lanes.delete(name);
  }
}

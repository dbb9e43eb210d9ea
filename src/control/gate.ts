/** How many conversations with one primary go on at the same time; who asked because of a NOTIFY goes first. */

export type Urgency = "notified" | "routine";

type Waiting = { readonly start: () => void; readonly urgency: Urgency };

type Lane = { running: number; readonly notified: Waiting[]; readonly routine: Waiting[] };

/** Invariant: a lane never runs more than `limit`, and waits only when it runs exactly that many. */
export class Gate {
  readonly #limit: number;
  readonly #lanes = new Map<string, Lane>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs `work` when the lane (a primary's address) has room; its outcome is passed on. */
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
    if (lane.running < this.#limit) {
      lane.running++;
      return Promise.resolve();
    }
    return new Promise((start) => lane[urgency].push({ start, urgency }));
  }

  #leave(name: string): void {
    const lane = this.#lanes.get(name);
    if (!lane) return;
    const next = lane.notified.shift() ?? lane.routine.shift();
    if (next) {
      next.start();
      return;
    }
    lane.running--;
    if (lane.running === 0) this.#lanes.delete(name);
  }
}

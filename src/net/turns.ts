/**
 * Turns of those that have more to do than one of them may have at once. A thousand clients that each pipeline thousands of queries
 * share this lane; who asks one thing is answered as it comes, before the lane goes on.
 *
 * ```
 *  octets come ─▶ one turn's worth at once ─ all? ─▶ done
 *                                          └ more ─▶ lane ─▶ the first has a turn, is last again ─▶ … some ms, then the sockets again
 * ```
 */

/** Of the lane, between two looks at the sockets. */
const LANE_MS = 2;

export interface TakesTurns {
  /** Does one turn's worth; asks for another turn where that was not all. */
  turn(): void;
}

/** Keeps who waits, in order; each is in it once. */
export class Turns {
  readonly #waiting = new Set<TakesTurns>();
  #planned = false;

  add(one: TakesTurns): void {
    this.#waiting.add(one);
    this.#plan();
  }

  #plan(): void {
    if (this.#planned) return;
    this.#planned = true;
    setImmediate(() => this.#run());
  }

  #run(): void {
    this.#planned = false;
    const end = performance.now() + LANE_MS;
    // Who adds itself again is visited again: bounded by the time.
    for (const one of this.#waiting) {
      this.#waiting.delete(one);
      one.turn();
      if (performance.now() >= end) break;
    }
    if (this.#waiting.size > 0) this.#plan();
  }
}

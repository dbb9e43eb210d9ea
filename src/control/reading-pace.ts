/**
 * How fast small images come from the disk. Out of the page cache one takes some microseconds, and is best read at once, one after
 * the other; from a disk it takes a hundred times as long, and many have to be asked for together.
 */

/** Each, milliseconds: nothing that comes out of memory takes so long on the whole. */
const SLOW_MS = 0.3;

/** Reads that count: how it was a while ago says little. */
const LATELY = 64;

/** Keeps: a running mean over the last reads, and whether it was ever too high: what has been asked for beforehand comes fast. */
export class ReadingPace {
  readonly #nowMs: () => number;
  #meanMs = 0;
  #slow = false;

  /** `nowMs`: milliseconds of a clock that never jumps. */
  constructor(nowMs = () => performance.now()) {
    this.#nowMs = nowMs;
  }

  get isSlow(): boolean {
    return this.#slow;
  }

  of(read: () => void): void {
    const from = this.#nowMs();
    try {
      read();
    } finally {
      this.#meanMs += (this.#nowMs() - from - this.#meanMs) / LATELY;
      if (this.#meanMs > SLOW_MS) this.#slow = true;
    }
  }
}

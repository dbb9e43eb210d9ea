/**
 * One heap of timers for all zones: tens of thousands of zones cost one timer of the runtime. A key names a timer (zone and
 * purpose), so setting it again moves it.
 */

export type Clock = {
  /** Unix seconds, fractions kept. */
  now(): number;
  /** Calls once, after so many milliseconds, unless what it gives is called before. Absent: the runtime's. */
  after?(milliseconds: number, call: () => void): () => void;
};

/**
 * Something with one time at which it is due, which it keeps for the scheduler: what there are tens of thousands of needs no
 * key, no closure and no entry beside itself.
 */
export interface Timed {
  /** Unix seconds. */
  dueAt: number;
  /** Its place among those that wait; -1: it waits for nothing. */
  duePlace: number;
  due(): void;
}

/** Of a timer that is named by its key. */
class Entry implements Timed {
  readonly key: string;
  readonly run: () => void;
  dueAt: number;
  duePlace = -1;

  constructor(key: string, at: number, run: () => void) {
    this.key = key;
    this.dueAt = at;
    this.run = run;
  }

  due(): void {
    this.run();
  }
}

/** The longest sleep, milliseconds: clocks jump, machines sleep, and a timer of the runtime holds 31 bits. */
const MAX_SLEEP_MS = 60_000;

/** Set back by more than this, seconds: every timer moves along, or it would wait for a time that has been already. */
const BACK_SECONDS = 2;

/** How many timers run before the event loop gets its turn. */
const RUN_AT_ONCE = 256;

/** Invariant: `heap[0]` is the earliest, every member's `duePlace` is its index, and a timer of the runtime is set for it. */
export class Scheduler {
  readonly #clock: Clock;
  readonly #heap: Timed[] = [];
  readonly #byKey = new Map<string, Entry>();
  readonly #after: (milliseconds: number, call: () => void) => () => void;
  #cancelSleep: () => void = () => undefined;
  #seen = Number.NEGATIVE_INFINITY;
  #stopped = false;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#after = clock.after?.bind(clock) ?? runtimeAfter;
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Runs `run` once at `at` (Unix seconds) or soon after; replaces a timer with the same key. */
  set(key: string, at: number, run: () => void): void {
    if (this.#stopped) return;
    this.cancel(key);
    const entry = new Entry(key, at, run);
    this.#byKey.set(key, entry);
    this.setTimed(entry, at);
  }

  /** The same for one that is its own timer: `due` is called at `at`, or soon after. */
  setTimed(timed: Timed, at: number): void {
    if (this.#stopped) return;
    const first = this.#heap[0];
    if (timed.duePlace >= 0) this.#remove(timed);
    timed.dueAt = at;
    timed.duePlace = this.#heap.length;
    this.#heap.push(timed);
    this.#up(timed);
    if (this.#heap[0] !== first || first === timed) this.#sleep();
  }

  cancelTimed(timed: Timed): void {
    if (timed.duePlace >= 0) this.#remove(timed);
  }

  cancel(key: string): void {
    const entry = this.#byKey.get(key);
    if (entry) this.#remove(entry);
  }

  /** Every timer whose key begins with `prefix`. */
  cancelAll(prefix: string): void {
    for (const [key, entry] of [...this.#byKey]) if (key.startsWith(prefix)) this.#remove(entry);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSleep();
    for (const timed of this.#heap) timed.duePlace = -1;
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  #sleep(): void {
    this.#cancelSleep();
    const first = this.#heap[0];
    if (!first || this.#stopped) return;
    const wait = Math.min(MAX_SLEEP_MS, Math.max(0, (first.dueAt - this.#now()) * 1000));
    this.#cancelSleep = this.#after(wait, () => this.#wake());
  }

  #wake(): void {
    const now = this.#now();
    for (let ran = 0; ran < RUN_AT_ONCE; ran++) {
      const first = this.#heap[0];
      if (!first || first.dueAt > now) break;
      this.#remove(first);
      first.due();
    }
    this.#sleep();
  }

  /** The order stays when all move alike. */
  #now(): number {
    const now = this.#clock.now();
    if (now < this.#seen - BACK_SECONDS) for (const timed of this.#heap) timed.dueAt += now - this.#seen;
    this.#seen = now;
    return now;
  }

  #remove(timed: Timed): void {
    if (timed instanceof Entry) this.#byKey.delete(timed.key);
    const { duePlace } = timed;
    timed.duePlace = -1;
    const last = this.#heap.pop()!;
    if (last === timed) return;
    last.duePlace = duePlace;
    this.#heap[duePlace] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(timed: Timed): void {
    while (timed.duePlace > 0) {
      const above = this.#heap[(timed.duePlace - 1) >> 1]!;
      if (above.dueAt <= timed.dueAt) return;
      this.#swap(above, timed);
    }
  }

  #down(timed: Timed): void {
    for (;;) {
      const left = this.#heap[2 * timed.duePlace + 1];
      const right = this.#heap[2 * timed.duePlace + 2];
      const below = right && left && right.dueAt < left.dueAt ? right : left;
      if (!below || below.dueAt >= timed.dueAt) return;
      this.#swap(timed, below);
    }
  }

  #swap(above: Timed, below: Timed): void {
    const place = above.duePlace;
    above.duePlace = below.duePlace;
    below.duePlace = place;
    this.#heap[above.duePlace] = above;
    this.#heap[below.duePlace] = below;
  }
}

function runtimeAfter(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}

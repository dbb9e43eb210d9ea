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

type Entry = { readonly key: string; at: number; run: () => void; place: number };

/** The longest sleep, milliseconds: clocks jump, machines sleep, and a timer of the runtime holds 31 bits. */
const MAX_SLEEP_MS = 60_000;

/** Set back by more than this, seconds: every timer moves along, or it would wait for a time that has been already. */
const BACK_SECONDS = 2;

/** How many timers run before the event loop gets its turn. */
const RUN_AT_ONCE = 256;

/** Invariant: `heap[0]` is the earliest, every entry's `place` is its index, and a timer of the runtime is set for it. */
export class Scheduler {
  readonly #clock: Clock;
  readonly #heap: Entry[] = [];
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
    const entry: Entry = { key, at, run, place: this.#heap.length };
    this.#heap.push(entry);
    this.#byKey.set(key, entry);
    this.#up(entry);
    this.#sleep();
  }

  cancel(key: string): void {
    const entry = this.#byKey.get(key);
    if (entry) this.#remove(entry);
  }

  /** Every timer whose key begins with `prefix`. */
  cancelAll(prefix: string): void {
    for (const entry of [...this.#heap]) if (entry.key.startsWith(prefix)) this.#remove(entry);
  }

  has(key: string): boolean {
    return this.#byKey.has(key);
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelSleep();
    this.#heap.length = 0;
    this.#byKey.clear();
  }

  #sleep(): void {
    this.#cancelSleep();
    const first = this.#heap[0];
    if (!first || this.#stopped) return;
    const wait = Math.min(MAX_SLEEP_MS, Math.max(0, (first.at - this.#now()) * 1000));
    this.#cancelSleep = this.#after(wait, () => this.#wake());
  }

  #wake(): void {
    const now = this.#now();
    for (let ran = 0; ran < RUN_AT_ONCE; ran++) {
      const first = this.#heap[0];
      if (!first || first.at > now) break;
      this.#remove(first);
      first.run();
    }
    this.#sleep();
  }

  /** The order stays when all move alike. */
  #now(): number {
    const now = this.#clock.now();
    if (now < this.#seen - BACK_SECONDS) for (const entry of this.#heap) entry.at += now - this.#seen;
    this.#seen = now;
    return now;
  }

  #remove(entry: Entry): void {
    this.#byKey.delete(entry.key);
    const last = this.#heap.pop()!;
    if (last === entry) return;
    last.place = entry.place;
    this.#heap[last.place] = last;
    this.#up(last);
    this.#down(last);
  }

  #up(entry: Entry): void {
    while (entry.place > 0) {
      const above = this.#heap[(entry.place - 1) >> 1]!;
      if (above.at <= entry.at) return;
      this.#swap(above, entry);
    }
  }

  #down(entry: Entry): void {
    for (;;) {
      const left = this.#heap[2 * entry.place + 1];
      const right = this.#heap[2 * entry.place + 2];
      const below = right && left && right.at < left.at ? right : left;
      if (!below || below.at >= entry.at) return;
      this.#swap(entry, below);
    }
  }

  #swap(above: Entry, below: Entry): void {
    const place = above.place;
    above.place = below.place;
    below.place = place;
    this.#heap[above.place] = above;
    this.#heap[below.place] = below;
  }
}

function runtimeAfter(milliseconds: number, call: () => void): () => void {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
}

/** A world whose time passes only when something happens: a heap of calls, and a seeded source of chance. For tests. */
import type { GateTime } from "../gate.ts";
import type { Clock } from "../scheduler.ts";

type Call = { readonly at: number; readonly order: number; readonly call: () => void; off: boolean };

/** Time in milliseconds since the start; `epoch` is Unix seconds at the start. */
export class SimTime {
  readonly epoch: number;
  readonly #heap: Call[] = [];
  #now = 0;
  #order = 0;

  constructor(epoch: number) {
    this.epoch = epoch;
  }

  get nowMs(): number {
    return this.#now;
  }

  /** Unix seconds, fractions kept. */
  get seconds(): number {
    return this.epoch + this.#now / 1000;
  }

  /** As the product's clock: whole seconds. */
  get wholeSeconds(): number {
    return Math.floor(this.seconds);
  }

  after(milliseconds: number, call: () => void): () => void {
    const entry = { at: this.#now + Math.max(0, milliseconds), order: this.#order++, call, off: false };
    this.#push(entry);
    return () => {
      entry.off = true;
    };
  }

  clock(): Clock {
    return { now: () => this.seconds, after: (milliseconds, call) => this.after(milliseconds, call) };
  }

  gateTime(): GateTime {
    return { nowMs: () => this.#now, after: (milliseconds, call) => void this.after(milliseconds, call) };
  }

  /** Until `seconds` after the start. `each` is called after every instant at which something happened. */
  async run(seconds: number, each: () => void | Promise<void>): Promise<void> {
    const end = seconds * 1000;
    for (;;) {
      const first = this.#heap[0];
      if (!first || first.at > end) break;
      this.#pop();
      if (first.off) continue;
      this.#now = first.at;
      first.call();
      // Promises of the gate go on before time does.
      await settle();
      if (this.#heap[0]?.at !== first.at) await each();
    }
    this.#now = end;
  }

  #push(entry: Call): void {
    const heap = this.#heap;
    let at = heap.push(entry) - 1;
    while (at > 0 && before(entry, heap[(at - 1) >> 1]!)) {
      heap[at] = heap[(at - 1) >> 1]!;
      at = (at - 1) >> 1;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1]!, heap[below]!)) below++;
      if (!before(heap[below]!, last)) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

function before(a: Call, b: Call): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** More turns of the microtask queue than the longest chain of promises between two parts of control. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 12; turn++) await undefined;
}

/** mulberry32: numbers in [0, 1), the same for the same seed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

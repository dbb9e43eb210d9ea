/**
 * When a thread that has nothing to do but look at the clock got its turn too late. An answer that came late while such a thread was
 * late, too, says something about the machine; what is left of it, about the server.
 *
 *   question ├──────────── waited ────────────┤ answer
 *   late            ├────────┤  (the prober, or the clock, which is a thread beside it)
 *   the server's    ├──┤      ├───────────────┤  at most
 */

/** Intervals that are kept: the last ones. */
const KEPT = 8192;
/** Milliseconds: timers are no finer, and shorter ones explain nothing. */
const WORTH_MS = 0.5;

/** One writer, any number of readers in other threads. Milliseconds since 1970 with a fraction, as threads have clocks of their own. */
export class Lateness {
  readonly shared: SharedArrayBuffer;
  readonly #ends: Float64Array;
  readonly #count: Int32Array;

  constructor(shared = new SharedArrayBuffer(16 * KEPT + 8)) {
    this.shared = shared;
    this.#ends = new Float64Array(shared, 8);
    this.#count = new Int32Array(shared, 0, 1);
  }

  /** Its turn was due at `from` and came at `to`. */
  add(from: number, to: number): void {
    if (to - from < WORTH_MS) return;
    const at = Atomics.load(this.#count, 0) % KEPT;
    this.#ends[2 * at] = from;
    this.#ends[2 * at + 1] = to;
    Atomics.add(this.#count, 0, 1);
  }

  /** What lies between two moments. */
  between(from: number, to: number): (readonly [from: number, to: number])[] {
    const count = Math.min(KEPT, Atomics.load(this.#count, 0));
    const found: (readonly [number, number])[] = [];
    for (let at = 0; at < count; at++) {
      const [began, ended] = [Math.max(from, this.#ends[2 * at]!), Math.min(to, this.#ends[2 * at + 1]!)];
      if (began < ended) found.push([began, ended]);
    }
    return found;
  }
}

/** Milliseconds from `from` to `to` in which none of these threads was late. */
export function unexplained(from: number, to: number, by: readonly Lateness[]): number {
  const late = by.flatMap((one) => one.between(from, to)).sort(([a], [b]) => a - b);
  let left = to - from;
  let seen = from;
  for (const [began, ended] of late) {
    if (ended <= seen) continue;
    left -= ended - Math.max(seen, began);
    seen = ended;
  }
  return left;
}

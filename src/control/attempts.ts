/**
 * The record of every attempt to check or to transfer, in and out: rows in the store (bounded there), counters for the metrics.
 * Who makes an attempt calls `record` once, when it is over.
 */
import type { Store, TransferRow } from "#store";
import type { Logger } from "#telemetry";

export type Attempt = Omit<TransferRow, "id" | "repeats">;

/** Facts of an attempt that has none of them: plain TCP, unsigned, nothing fallen back from. */
export const PLAIN = {
  got: null,
  transport: "tcp",
  tlsIdentity: null,
  tsigKey: null,
  fallbackCode: null,
  fallbackMessage: null,
} as const satisfies Partial<Attempt>;

/** How long attempts are gathered for one transaction: each is a write to the disk, which costs more than a small transfer. */
const GATHER_MS = 200;

/** More than this waiting means that the disk does not follow: the oldest are given up. */
const MAX_WAITING = 10_000;

/** One series of the counter: all of its words come from closed sets. */
export type AttemptCount = Pick<Attempt, "direction" | "kind" | "transport" | "outcome"> & {
  readonly count: number;
  readonly octets: number;
};

/** Keeps the order of attempts; writes those that come within `GATHER_MS` in one transaction. A crash loses that much of them. */
export class AttemptLog {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #waiting: Attempt[] = [];
  readonly #counts = new Map<string, AttemptCount>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> | undefined;

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  record(attempt: Attempt): void {
    this.count(attempt);
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#log.error({ zone: attempt.zoneId }, "attempts are not recorded: the store is too slow");
    }
    this.#waiting.push(attempt);
    if (!this.#writing) this.#timer ??= setTimeout(() => this.#begin(), GATHER_MS);
  }

  /** Since the start. */
  counts(): readonly AttemptCount[] {
    return [...this.#counts.values()];
  }

  /** Resolves when everything recorded so far is written. */
  async flush(): Promise<void> {
    this.#begin();
    while (this.#writing) await this.#writing;
  }

  #begin(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#waiting.length > 0) this.#writing ??= this.#write();
  }

  /** For the metrics alone: what anybody can cause, which is to fill no zone's record. `record` counts by itself. */
  count({ direction, kind, transport, outcome, octets }: Omit<AttemptCount, "count">): void {
    const key = `${direction} ${kind} ${transport} ${outcome}`;
    const before = this.#counts.get(key);
    const count = { count: (before?.count ?? 0) + 1, octets: (before?.octets ?? 0) + octets };
    this.#counts.set(key, { direction, kind, transport, outcome, ...count });
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const rows = this.#waiting.splice(0);
        await this.#store.atomically(({ transfers }) => transfers.add(rows));
      }
    } catch (error) {
      this.#log.error({ error: String(error) }, "attempts could not be recorded");
    } finally {
      this.#writing = undefined;
    }
  }
}

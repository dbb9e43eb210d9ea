/**
 * Events as they happen, for those who follow: each reads the store from where he is, in his own time, so a slow one holds
 * nothing but his place. Who comes back with the last id that he saw misses nothing that is still kept.
 *
 *   after an id ─▶ rows of the store ─▶ yield ─▶ none left: wait for the next write, or say that all is quiet
 */
import type { EventRow, EventTable } from "#store";
import type { EventLog } from "./events.ts";

/** Those who follow at the same time. */
export const MAX_FOLLOWERS = 64;
/** Rows that one read takes into memory for a follower. */
const ROWS_AT_ONCE = 100;

/** `gap`: rows behind the id that was asked for are no longer kept. `quiet`: nothing happened for a while. */
export type Fed = { readonly kind: "event"; readonly row: EventRow } | { readonly kind: "gap" | "quiet" };

export type FollowOptions = {
  readonly zoneId?: string;
  /** Absent: only what happens from now on. */
  readonly after?: number;
  readonly quietMs: number;
  readonly signal: AbortSignal;
};

/** Keeps: no more than MAX_FOLLOWERS follow. */
export class EventFeed {
  readonly #table: EventTable;
  readonly #log: EventLog;
  readonly #stopped = new AbortController();
  #followers = 0;

  constructor(table: EventTable, log: EventLog) {
    this.#table = table;
    this.#log = log;
  }

  get followers(): number {
    return this.#followers;
  }

  /** Undefined when there are too many already. The place is given back when the iteration ends or `signal` is aborted. */
  follow(options: FollowOptions): AsyncIterable<Fed> | undefined {
    if (this.#followers >= MAX_FOLLOWERS) return undefined;
    this.#followers++;
    const ended = AbortSignal.any([options.signal, this.#stopped.signal]);
    let counted = true;
    const leave = () => {
      if (counted) this.#followers--;
      counted = false;
    };
    ended.addEventListener("abort", leave, { once: true });
    return this.#feed(options, ended, leave);
  }

  /** Everybody's iteration ends. */
  stop(): void {
    this.#stopped.abort();
  }

  async *#feed({ zoneId, after, quietMs }: FollowOptions, ended: AbortSignal, leave: () => void): AsyncGenerator<Fed> {
    const bell = new Bell();
    const silence = this.#log.onWritten(() => bell.ring());
    ended.addEventListener("abort", () => bell.ring(), { once: true });
    try {
      await this.#log.flush();
      const { first, last } = await this.#table.range();
      if (after !== undefined && after + 1 < first) yield { kind: "gap" };
      let at = after ?? last;
      while (!ended.aborted) {
        const rows = await this.#table.after({ after: at, limit: ROWS_AT_ONCE, zoneId });
        for (const row of rows) {
          if (ended.aborted) return;
          at = row.id;
          yield { kind: "event", row };
        }
        if (rows.length < ROWS_AT_ONCE && !(await bell.heard(quietMs)) && !ended.aborted) yield { kind: "quiet" };
      }
    } finally {
      silence();
      leave();
    }
  }
}

/** Rung by one, waited for by another; a ring that nobody waits for is kept. */
class Bell {
  #rung = false;
  #wake: (() => void) | undefined;

  ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** False when it did not ring within `milliseconds`. */
  async heard(milliseconds: number): Promise<boolean> {
    if (!this.#rung) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      this.#wake = undefined;
    }
    const rung = this.#rung;
    this.#rung = false;
    return rung;
  }
}

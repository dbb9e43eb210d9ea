/**
 * Letters on their way: rows of the store, so that a restart loses none; tried again with growing pauses, given up after a day
 * or so. At least once: a crash between the delivery and its note makes a second one, with the same id.
 *
 *   waiting ─ due ▶ one try ─ good ▶ delivered
 *      ▲                 └─ bad ▶ due later │ MAX_TRIES: failed
 *      └──────────────────────────┘
 */
import type { AlertDeliveryRow, AlertDestinationRow, AlertTable } from "#store";
import type { Logger } from "#telemetry";
import type { AddressPolicy } from "./address-policy.ts";
import { deliver } from "./deliver.ts";
import type { Letter } from "./letter.ts";

/** 2 s, 4 s, 8 s … at most an hour: MAX_TRIES of them are about eleven hours. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 3_600_000;
const MAX_TRIES = 21;
/** Tries that run at the same time. */
const AT_ONCE = 4;
/** A clock that jumps back must not stop everything: the rows are looked at this often in any case. */
const LOOK_EVERY_MS = 60_000;

const STOP_WAIT_MS = 500;

export type OutboxParts = {
  readonly table: AlertTable;
  readonly destination: (id: string) => AlertDestinationRow | undefined;
  readonly policy: () => AddressPolicy;
  /** Told when a letter is given up. */
  readonly givenUp: (row: AlertDeliveryRow, reason: string) => void;
  readonly log: Logger;
  readonly nowMs: () => number;
  readonly random: () => number;
};

export type AlertCounts = { delivered: number; retried: number; failed: number };

/** Keeps: one look at the rows at a time, AT_ONCE tries at most. */
export class Outbox {
  readonly counts: AlertCounts = { delivered: 0, retried: 0, failed: 0 };
  readonly #parts: OutboxParts;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#again = true;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    // A mail server that hangs must not hold up the end: what it was given is tried again by the next start.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WAIT_MS);
    });
    await Promise.race([this.#running, patience]);
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    let pause = LOOK_EVERY_MS;
    try {
      while (this.#again && !this.#stop.signal.aborted) {
        this.#again = false;
        const rows = await this.#parts.table.waiting(AT_ONCE);
        const now = this.#parts.nowMs();
        const due = rows.filter((row) => (row.dueAt ?? 0) <= now);
        pause = Math.min(LOOK_EVERY_MS, Math.max(10, (rows[0]?.dueAt ?? now + LOOK_EVERY_MS) - now));
        await Promise.all(due.map((row) => this.#try(row)));
        if (due.length > 0) this.#again = true;
      }
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, "alerts could not be looked after");
    } finally {
      this.#running = undefined;
    }
    if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => this.wake(), pause);
  }

  async #try(row: AlertDeliveryRow): Promise<void> {
    const { table, log, nowMs } = this.#parts;
    const ended = await this.#deliver(row);
    // Broken off by the stop: the next start tries it again, as if nothing had been.
    if (ended && this.#stop.signal.aborted) return;
    const tries = row.tries + 1;
    const finishedAt = nowMs();
    if (!ended) {
      this.counts.delivered++;
      const none = { errorCode: null, errorMessage: null };
      await table.updateDelivery(row.id, { state: "delivered", dueAt: null, finishedAt, tries, ...none });
      return;
    }
    const error = { errorCode: ended.code, errorMessage: ended.text };
    log.warn({ delivery: row.deliveryId, tries, code: ended.code }, `an alert was not delivered: ${ended.text}`);
    if (tries < MAX_TRIES) {
      this.counts.retried++;
      await table.updateDelivery(row.id, { tries, dueAt: finishedAt + this.#pause(tries), ...error });
      return;
    }
    this.counts.failed++;
    await table.updateDelivery(row.id, { state: "failed", dueAt: null, finishedAt, tries, ...error });
    this.#parts.givenUp(row, ended.text);
  }

  async #deliver(row: AlertDeliveryRow): Promise<{ code: string; text: string } | undefined> {
    const { destination: find, policy, nowMs } = this.#parts;
    const destination = find(row.destinationId);
    if (!destination) return { code: "alert.destination-gone", text: "its destination is deleted" };
    const letter = row.document as Letter;
    const { deliveryId } = row;
    const now = Math.floor(nowMs() / 1000);
    const result = await deliver({ destination, letter, deliveryId, policy: policy(), now, signal: this.#stop.signal });
    return result.ok ? undefined : result.error;
  }

  /** Spread, so that what failed together does not come back together. */
  #pause(tries: number): number {
    const doubled = Math.min(FIRST_PAUSE_MS * 2 ** (tries - 1), LONGEST_PAUSE_MS);
    return Math.round(doubled * (0.75 + 0.5 * this.#parts.random()));
  }
}

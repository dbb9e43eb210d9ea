/**
 * Letters on their way: rows of the store, so that a restart loses none; tried again with growing pauses, given up after a day
 * or so. At least once: a crash between the delivery and its note makes a second one, with the same id.
 *
 *   waiting ─ due ▶ one try ─ good ▶ delivered
 *      ▲                 └─ bad ▶ due later │ MAX_TRIES: failed
 *      └──────────────────────────┘
 * Each destination has tries of its own: one that hangs until the time is over holds up nobody else's letters.
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
/** Tries that run at the same time, of one destination. */
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

/** Keeps: one look at the rows at a time, no letter tried twice at once, AT_ONCE tries of one destination at most. */
export class Outbox {
  readonly counts: AlertCounts = { delivered: 0, retried: 0, failed: 0 };
  readonly #parts: OutboxParts;
  readonly #stop = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looking: Promise<void> | undefined;
  /** Letters that are being tried, with their destinations. */
  readonly #tried = new Map<number, string>();
  readonly #tries = new Set<Promise<void>>();
  #again = false;

  constructor(parts: OutboxParts) {
    this.#parts = parts;
  }

  /** There may be something to do. */
  wake(): void {
    if (this.#stop.signal.aborted) return;
    this.#again = true;
    this.#looking ??= this.#look();
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    clearTimeout(this.#timer);
    // A mail server that hangs must not hold up the end: what it was given is tried again by the next start.
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, STOP_WAIT_MS);
    });
    await Promise.race([Promise.all([this.#looking, ...this.#tries]), patience]);
    clearTimeout(timer);
  }

  async #look(): Promise<void> {
    clearTimeout(this.#timer);
    let pause = LOOK_EVERY_MS;
    try {
      while (this.#again && !this.#stop.signal.aborted) {
        this.#again = false;
        const except = { ids: [...this.#tried.keys()], destinations: this.#full() };
        const row = await this.#parts.table.nextWaiting(except);
        const dueInMs = row ? (row.dueAt ?? 0) - this.#parts.nowMs() : LOOK_EVERY_MS;
        pause = Math.min(LOOK_EVERY_MS, Math.max(10, dueInMs));
        if (row && dueInMs <= 0 && !this.#stop.signal.aborted) {
          this.#start(row);
          this.#again = true;
        }
      }
    } catch (error) {
      this.#parts.log.error({ error: String(error) }, "alerts could not be looked after");
    } finally {
      this.#looking = undefined;
    }
    if (!this.#stop.signal.aborted) this.#timer = setTimeout(() => this.wake(), pause);
  }

  /** Destinations that have as many tries running as they may. */
  #full(): readonly string[] {
    const counts = new Map<string, number>();
    for (const id of this.#tried.values()) counts.set(id, (counts.get(id) ?? 0) + 1);
    return [...counts].flatMap(([id, count]) => (count >= AT_ONCE ? id : []));
  }

  #start(row: AlertDeliveryRow): void {
    this.#tried.set(row.id, row.destinationId);
    const trying = this.#try(row).then(
      () => this.#ended(row.id),
      (error: unknown) => {
        this.#parts.log.error({ error: String(error) }, "an alert could not be looked after");
        // What became of it could not be written: without a pause it would be sent again and again.
        setTimeout(() => this.#ended(row.id), LOOK_EVERY_MS).unref();
      },
    );
    this.#tries.add(trying);
    void trying.then(() => this.#tries.delete(trying));
  }

  #ended(id: number): void {
    this.#tried.delete(id);
    this.wake();
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

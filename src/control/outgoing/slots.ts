/**
 * How many transfers go out at the same time, in all and to one client. When a new version is announced the whole fleet
 * comes at once: who finds no room waits a while instead of being sent away, as a secondary that is refused tries again
 * only after the SOA's RETRY.
 *
 * ```
 *  enter ─▶ fewer than `running`, and than `ofOneClient` of its own ─▶ place ─┬────────────────▶ leave ─▶ the next one who fits
 *    └ wait, `waitMs` at most ─▶ sent away                                    └ stand aside, for another client that waits, ─▶ the next
 *                                                                               while fewer than `aside` do; still one of its own
 * ```
 */
import type { Aside, Place } from "../gate.ts";

export type SlotLimits = {
  readonly running: number;
  readonly ofOneClient: number;
  /** So many more go on beside those that run, which gave their place to another client's. */
  readonly aside: number;
  readonly waiting: number;
  /** Of one client: others find room in the queue, and among the messages that the threads with sockets let wait. */
  readonly waitingOfOne: number;
  readonly waitMs: number;
};

/** `leave` has to follow. */
export type TransferPlace = Place & { leave(): void };

type Waiter = { readonly client: string; readonly start: () => void };

/** Invariant: nobody waits who could run. */
export class TransferSlots {
  readonly #limits: () => SlotLimits;
  /** Of each client, with those that stand aside: who is slow gets no more by it. */
  readonly #ofClient = new Map<string, number>();
  #total = 0;
  #aside = 0;
  #waiters: Waiter[] = [];

  constructor(limits: () => SlotLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#total;
  }

  /** Undefined when there was no room in time, or too many wait. */
  enter(client: string): Promise<TransferPlace | undefined> {
    if (this.#admit(client)) return Promise.resolve(this.#place(client));
    const { waiting, waitingOfOne, waitMs } = this.#limits();
    const ofOne = this.#waiters.filter((other) => other.client === client).length;
    if (this.#waiters.length >= waiting || ofOne >= waitingOfOne) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        client,
        start: () => {
          clearTimeout(timer);
          resolve(this.#place(client));
        },
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(undefined);
      }, waitMs);
      this.#waiters.push(waiter);
    });
  }

  #place(client: string): TransferPlace {
    let isAside = false;
    return {
      standAside: () => {
        if (isAside) return "aside";
        const asked = this.#standAside(client);
        isAside = asked === "aside";
        return asked;
      },
      leave: () => {
        this.#forget(client);
        if (isAside) this.#aside--;
        else this.#total--;
        // Also who was aside kept another of its client waiting.
        this.#startNext();
      },
    };
  }

  /** Not for its own client: to that the others would be as slow, over the same line. */
  #standAside(client: string): Aside {
    const { running, aside } = this.#limits();
    const helps = this.#total <= running && this.#waiters.some((other) => other.client !== client && this.#fits(other));
    if (!helps) return "unneeded";
    if (this.#aside >= aside) return "full";
    this.#aside++;
    this.#total--;
    this.#startNext(client);
    return "aside";
  }

  #forget(client: string): void {
    const left = this.#of(client) - 1;
    if (left > 0) this.#ofClient.set(client, left);
    else this.#ofClient.delete(client);
  }

  /** One place came free: the first who fits takes it; `but`: not this client's. */
  #startNext(but?: string): void {
    const next = this.#waiters.find((waiter) => waiter.client !== but && this.#admit(waiter.client));
    if (!next) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
    next.start();
  }

  #admit(client: string): boolean {
    if (this.#total >= this.#limits().running || !this.#fits({ client })) return false;
    this.#ofClient.set(client, this.#of(client) + 1);
    this.#total++;
    return true;
  }

  #fits({ client }: { readonly client: string }): boolean {
    return this.#of(client) < this.#limits().ofOneClient;
  }

  #of(client: string): number {
    return this.#ofClient.get(client) ?? 0;
  }
}

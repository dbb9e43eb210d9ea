/**
 * How many transfers go out at the same time, in all and to one client. When a new version is announced the whole fleet
 * comes at once: who finds no room waits a while instead of being sent away, as a secondary that is refused tries again
 * only after the SOA's RETRY.
 */

export type SlotLimits = {
  readonly running: number;
  readonly ofOneClient: number;
  readonly waiting: number;
  /** Of one client: others find room in the queue, and among the messages that the threads with sockets let wait. */
  readonly waitingOfOne: number;
  readonly waitMs: number;
};

type Waiter = { readonly client: string; readonly start: (entered: boolean) => void };

/** Invariant: nobody waits who could run. */
export class TransferSlots {
  readonly #limits: () => SlotLimits;
  readonly #running = new Map<string, number>();
  #total = 0;
  #waiters: Waiter[] = [];

  constructor(limits: () => SlotLimits) {
    this.#limits = limits;
  }

  get running(): number {
    return this.#total;
  }

  /** True when it may begin: `leave` has to follow. False when there was no room in time, or too many wait. */
  enter(client: string): Promise<boolean> {
    if (this.#admit(client)) return Promise.resolve(true);
    const { waiting, waitingOfOne, waitMs } = this.#limits();
    const ofOne = this.#waiters.filter((other) => other.client === client).length;
    if (this.#waiters.length >= waiting || ofOne >= waitingOfOne) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiter: Waiter = {
        client,
        start: (entered) => {
          clearTimeout(timer);
          resolve(entered);
        },
      };
      const timer = setTimeout(() => {
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(false);
      }, waitMs);
      this.#waiters.push(waiter);
    });
  }

  leave(client: string): void {
    const left = (this.#running.get(client) ?? 1) - 1;
    if (left > 0) this.#running.set(client, left);
    else this.#running.delete(client);
    this.#total--;
    // One place came free: the first who fits takes it.
    const next = this.#waiters.find((waiter) => this.#admit(waiter.client));
    if (!next) return;
    this.#waiters = this.#waiters.filter((waiter) => waiter !== next);
    next.start(true);
  }

  #admit(client: string): boolean {
    const { running, ofOneClient } = this.#limits();
    const its = this.#running.get(client) ?? 0;
    if (this.#total >= running || its >= ofOneClient) return false;
    this.#running.set(client, its + 1);
    this.#total++;
    return true;
  }
}

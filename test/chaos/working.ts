/** Calls a kind of work again and again until it is ended; its first failure ends it, too: the server was killed in the middle. */
export class Working {
  /** Resolves when the work was done once, or failed. */
  readonly begun: Promise<void>;
  readonly #running: Promise<void>;
  #over = false;

  constructor(work: () => Promise<void>) {
    const guarded = (): Promise<void> => work().catch(() => this.#stop());
    this.begun = guarded();
    this.#running = this.begun.then(() => this.#repeat(guarded));
  }

  end(): Promise<void> {
    this.#stop();
    return this.#running;
  }

  async #repeat(work: () => Promise<void>): Promise<void> {
    while (!this.#over) await work();
  }

  #stop(): void {
    this.#over = true;
  }
}

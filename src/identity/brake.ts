/**
 * Slows those who guess: after some failures each further try of the same key (an address, an account) has to wait, twice as
 * long each time. A try counts when it begins and is forgiven when it succeeds, so that many at once gain nothing. Memory is
 * bounded: of more keys than that, those that were not heard of for longest are forgotten.
 */
export type BrakeSettings = {
  /** Failures without any wait. */
  readonly free: number;
  readonly longestSeconds: number;
  /** So many keys are remembered. */
  readonly keys: number;
};

/** Quiet for so long, a key starts again. */
const FORGET_SECONDS = 15 * 60;

type Note = { readonly tries: number; readonly at: number; readonly until: number };

/** Keeps: no more than `keys` notes, the one heard of last at the end. */
export class Brake {
  readonly #settings: BrakeSettings;
  readonly #notes = new Map<string, Note>();

  constructor(settings: BrakeSettings) {
    this.#settings = settings;
  }

  get size(): number {
    return this.#notes.size;
  }

  /** Seconds to wait, 0 when a try may begin. `now`: seconds. */
  wait(key: string, now: number): number {
    const note = this.#notes.get(key);
    return note ? Math.max(0, Math.ceil(note.until - now)) : 0;
  }

  begin(key: string, now: number): void {
    const before = this.#notes.get(key);
    const tries = before && now - before.at < FORGET_SECONDS ? before.tries + 1 : 1;
    const over = tries - this.#settings.free;
    const wait = over < 0 ? 0 : Math.min(2 ** Math.min(over, 30), this.#settings.longestSeconds);
    this.#notes.delete(key);
    this.#notes.set(key, { tries, at: now, until: now + wait });
    if (this.#notes.size <= this.#settings.keys) return;
    const [oldest] = this.#notes.keys();
    if (oldest !== undefined) this.#notes.delete(oldest);
  }

  /** The wait is from the end of the try: a slow answer does not use it up. */
  failed(key: string, now: number): void {
    const note = this.#notes.get(key);
    if (note) this.#notes.set(key, { ...note, at: now, until: now + (note.until - note.at) });
  }

  succeeded(key: string): void {
    this.#notes.delete(key);
  }
}

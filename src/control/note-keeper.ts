/** Small facts that change often (when a zone was last checked): the newest of each is written every two seconds, all in one transaction. */
import type { Store } from "#store";
import type { Logger } from "#telemetry";

const WRITE_EVERY_MS = 2000;

/** Keeps: what was put is written at the latest by `stop`, or lost with at most two seconds of its like in a crash. */
export class NoteKeeper {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #waiting = new Map<string, { zoneId: string; kind: string; document: unknown }>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(store: Store, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  put(zoneId: string, kind: string, document: unknown): void {
    this.#waiting.set(`${zoneId}/${kind}`, { zoneId, kind, document });
    this.#timer ??= setTimeout(() => this.#write(), WRITE_EVERY_MS);
  }

  /** The zone is gone: a note that comes late would have no row to belong to. */
  forget(zoneId: string): void {
    for (const [key, note] of this.#waiting) if (note.zoneId === zoneId) this.#waiting.delete(key);
  }

  stop(): Promise<void> {
    return this.flush();
  }

  /** Resolves when what was put so far is written. */
  async flush(): Promise<void> {
    this.#write();
    await this.#writing;
  }

  #write(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const notes = [...this.#waiting.values()];
    this.#waiting.clear();
    if (notes.length === 0) return;
    this.#writing = this.#writing
      .then(() =>
        this.#store.atomically(async (tables) => {
          for (const { zoneId, kind, document } of notes) await tables.documents.put(zoneId, kind, document);
        }),
      )
      .catch((error: unknown) => this.#log.error({ error }, "notes of zones could not be written"));
  }
}

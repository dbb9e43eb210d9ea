/** What happened, as rows in the store and lines in the log: the same code and sentence in both. */
import type { EventRow, Store, Tables } from "#store";
import type { Logger } from "#telemetry";

export type Event = {
  readonly zoneId?: string;
  /** For the log; the row has the id. */
  readonly zone?: string;
  readonly level: EventRow["level"];
  /** Stable: `zone.held`, `transfer.taken`. */
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

type Rows = readonly Omit<EventRow, "id">[];

/** Writes what follows from events in their own transaction: both are there after a crash, or neither is. Does not throw. */
export type Along = (events: Rows, tables: Tables) => Promise<void>;

/** More than this waiting means that the disk does not follow: the oldest are given up, and that is an event too. */
const MAX_WAITING = 10_000;

/** Keeps the order of events; writes those that come together in one transaction. */
export class EventLog {
  readonly #store: Store;
  readonly #log: Logger;
  readonly #now: () => number;
  readonly #waiting: Omit<EventRow, "id">[] = [];
  readonly #listeners = new Set<(events: Rows) => void>();
  #along: Along = async () => undefined;
  #dropped = 0;
  #writing: Promise<void> | undefined;

  /** `now`: milliseconds since 1970. */
  constructor(store: Store, log: Logger, now: () => number) {
    this.#store = store;
    this.#log = log;
    this.#now = now;
  }

  add(event: Event): void {
    this.#say(event);
    if (this.#waiting.length >= MAX_WAITING) {
      this.#waiting.shift();
      this.#dropped++;
    }
    this.#waiting.push(this.#row(event));
    this.#writing ??= this.#write();
  }

  /** In one transaction with what they tell of: after a kill neither is there without the other. */
  async addWith(events: readonly Event[], work: (tables: Tables) => Promise<void>): Promise<void> {
    const rows = events.map((event) => this.#row(event));
    await this.#store.atomically(async (tables) => {
      await work(tables);
      if (rows.length > 0) await this.#put(rows, tables);
    });
    for (const event of events) this.#say(event);
    if (rows.length > 0) this.#tell(rows);
  }

  async #put(rows: Rows, tables: Tables): Promise<void> {
    await tables.events.add(rows);
    await this.#along(rows, tables);
  }

  #row({ zoneId, level, code, message, detail = {} }: Event): Omit<EventRow, "id"> {
    return { at: this.#now(), zoneId: zoneId ?? null, level, code, message, detail };
  }

  #say({ zone, level, code, message, detail = {} }: Event): void {
    this.#log[level === "warning" ? "warn" : level]({ code, zone, ...detail }, message);
  }

  #tell(rows: Rows): void {
    for (const listener of this.#listeners) listener(rows);
  }

  writeAlong(along: Along): void {
    this.#along = along;
  }

  /** Called with what was written, after it was; the answer takes the listener away. */
  onWritten(listener: (events: Rows) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when everything added so far is written. */
  async flush(): Promise<void> {
    while (this.#writing) await this.#writing;
  }

  async #write(): Promise<void> {
    try {
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#waiting.length > 0) {
        if (this.#dropped > 0) {
          const message = `${this.#dropped} events were not kept: the store is too slow`;
          this.#waiting.push({
            at: this.#now(),
            zoneId: null,
            level: "error",
            code: "events.dropped",
            message,
            detail: {},
          });
          this.#dropped = 0;
        }
        const rows = this.#waiting.splice(0);
        await this.#store.atomically((tables) => this.#put(rows, tables));
        this.#tell(rows);
      }
    } catch (error) {
      this.#log.error({ code: "events.failed", error: String(error) }, "events could not be written to the store");
    } finally {
      this.#writing = undefined;
    }
  }
}

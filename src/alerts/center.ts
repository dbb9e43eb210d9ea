/** Alerts put together: events come in, policies choose, letters go to the outbox; and the service that the API calls. */
import type { AlertService } from "#contract";
import type { AlertDeliveryRow, EventRow, Store, Tables } from "#store";
import { newId } from "#store";
import type { Logger } from "#telemetry";
import type { AddressPolicy } from "./address-policy.ts";
import { AlertBook } from "./book.ts";
import { alertKindOf, whatOf } from "./kinds.ts";
import { boundedLetter, type Letter } from "./letter.ts";
import { type AlertCounts, Outbox } from "./outbox.ts";
import { makeAlertService } from "./service.ts";

export type { AlertCounts } from "./outbox.ts";

export type Happening = Omit<EventRow, "id">;

export type AlertCenterOptions = {
  readonly store: Store;
  readonly log: Logger;
  readonly policy: () => AddressPolicy;
  /** Undefined for a zone that is not there. */
  readonly zoneName: (zoneId: string) => string | undefined;
  /** A letter was given up: an event, which is never told by alert itself. */
  readonly givenUp: (row: AlertDeliveryRow, reason: string) => void;
  readonly nowMs: () => number;
  readonly random: () => number;
};

/** Keeps: letters are written in the order of the events, and with them. */
export class AlertCenter {
  readonly service: AlertService;
  readonly #options: AlertCenterOptions;
  readonly #book: AlertBook;
  readonly #outbox: Outbox;

  constructor(options: AlertCenterOptions) {
    const { store, log, policy, zoneName, givenUp, nowMs, random } = options;
    this.#options = options;
    this.#book = new AlertBook(store.alerts);
    const destination = (id: string) => this.#book.destination(id);
    this.#outbox = new Outbox({ table: store.alerts, destination, policy, givenUp, log, nowMs, random });
    this.service = makeAlertService({ store, book: this.#book, policy, zoneName, nowMs });
  }

  get counts(): Readonly<AlertCounts> {
    return this.#outbox.counts;
  }

  /** What the last run left is sent from now on. */
  async begin(): Promise<void> {
    await this.#book.load();
    this.#outbox.wake();
  }

  /** In the transaction that writes the events, and perhaps what they tell of: that does not fail for a letter. */
  async write(happenings: readonly Happening[], { alerts }: Pick<Tables, "alerts">): Promise<void> {
    if (!this.#book.listens) return;
    try {
      for (const happening of happenings) await this.#post(happening, alerts);
    } catch (error) {
      this.#options.log.error({ error: String(error) }, "alerts could not be written");
    }
  }

  /** That is through: what it wrote is sent. */
  written(): void {
    if (this.#book.listens) this.#outbox.wake();
  }

  stop(): Promise<void> {
    return this.#outbox.stop();
  }

  async #post(happening: Happening, alerts: Store["alerts"]): Promise<void> {
    const kind = alertKindOf(happening);
    if (!kind) return;
    const { zoneId, code, level, message, at, detail } = happening;
    const name = zoneId === null ? undefined : this.#options.zoneName(zoneId);
    const zone = zoneId === null || name === undefined ? null : { id: zoneId, name };
    const document: Letter = boundedLetter({ version: 1, kind, zone, event: { code, level, message, at, detail } });
    const now = this.#options.nowMs();
    const about = whatOf(happening);
    for (const policy of this.#book.policiesFor(kind, zoneId)) {
      for (const destinationId of policy.destinations) {
        const row: Omit<AlertDeliveryRow, "id"> = {
          deliveryId: newId(),
          policyId: policy.id,
          destinationId,
          kind,
          zoneId,
          about,
          state: "waiting",
          createdAt: now,
          dueAt: now,
          finishedAt: null,
          tries: 0,
          repeats: 0,
          document,
          errorCode: null,
          errorMessage: null,
        };
        // What is over is told each time: who heard of the trouble would believe that it goes on.
        const windowSeconds = kind === "countersign_trouble_over" ? 0 : policy.windowSeconds;
        await alerts.addDelivery(row, now - windowSeconds * 1000);
      }
    }
  }
}

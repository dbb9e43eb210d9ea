/** Zones given out: put together from configuration, server, notifier and notes. What the rest of control sees. */
import type { ForwardedMessage } from "#publish";
import type { Deps } from "../deps.ts";
import type { NoteKeeper } from "../note-keeper.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry, Unit } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { OutgoingBook } from "./book.ts";
import { OutgoingNotes } from "./notes.ts";
import { Notifier } from "./notifier.ts";
import { slotLimits, TransferServer } from "./server.ts";
import { TransferSlots } from "./slots.ts";
import type { GivenVersion } from "./version.ts";

export class Outgoing {
  readonly book: OutgoingBook;
  readonly notes: OutgoingNotes;
  readonly #deps: Deps;
  readonly #server: TransferServer;
  readonly #notifier: Notifier;

  constructor(deps: Deps, registry: Registry, peers: PeerBook, keeper: NoteKeeper) {
    this.#deps = deps;
    this.book = new OutgoingBook(deps.store, peers);
    this.notes = new OutgoingNotes(keeper);
    const { book, notes } = this;
    const slots = new TransferSlots(() => slotLimits(deps.settings().maxTransfersOut));
    const versionOf = (unit: Unit) => this.versionOf(unit.zone);
    const changesSince = () => Promise.resolve(undefined);
    this.#server = new TransferServer({ registry, peers, book, notes, slots, deps, versionOf, changesSince });
    this.#notifier = new Notifier({ deps, peers, book, notes });
  }

  /** Before zones are restored. */
  async load(): Promise<void> {
    await this.book.load();
    this.notes.load(await this.#deps.store.documents.ofKind("outgoing"));
  }

  handle(forwarded: ForwardedMessage): void {
    this.#server.handle(forwarded);
  }

  /** A round of the zone came to its end, or the server has begun. */
  published(zone: Zone): void {
    void this.#tell(zone, false);
  }

  /** Tells every linked peer, whatever it has acknowledged. */
  forceNotify(zone: Zone): void {
    void this.#tell(zone, true);
  }

  /** Nobody may have it any more: no NOTIFY is on its way, no change is kept. */
  async disabled(zone: Zone): Promise<void> {
    this.#notifier.cancel(zone);
    await this.clearJournal(zone);
  }

  /** Secondaries get the whole zone next time. */
  async clearJournal(_zone: Zone): Promise<void> {}

  journalSerials(_zone: Zone): readonly number[] {
    return [];
  }

  forget(zone: Zone): void {
    this.#notifier.cancel(zone);
    this.book.forget(zone.id);
    this.notes.forget(zone.id);
  }

  stop(): void {
    this.#server.stop();
  }

  /** Undefined while there is nothing to give. */
  async versionOf(zone: Zone): Promise<GivenVersion | undefined> {
    const { served } = zone;
    if (!served || (zone.expired && this.#deps.settings().expired === "servfail")) return undefined;
    if (served.signing) return undefined;
    return { image: served.image, serial: served.image.serial };
  }

  async #tell(zone: Zone, force: boolean): Promise<void> {
    if (!this.book.enabled(zone.id)) return;
    const version = await this.versionOf(zone);
    if (version && this.book.enabled(zone.id)) this.#notifier.tell(zone, version, force);
  }
}

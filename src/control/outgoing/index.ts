/** Zones given out: put together from configuration, server, notifier and notes. What the rest of control sees. */
import type { ForwardedMessage } from "#publish";
import { serialNewer } from "#zone";
import type { Deps } from "../deps.ts";
import { isBehind } from "../given-serial.ts";
import type { NoteKeeper } from "../note-keeper.ts";
import type { PeerBook } from "../peer-book.ts";
import type { Registry, Unit } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { OutgoingBook } from "./book.ts";
import { GivenVersions } from "./given.ts";
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
  readonly #given: GivenVersions;

  constructor(deps: Deps, registry: Registry, peers: PeerBook, keeper: NoteKeeper) {
    this.#deps = deps;
    this.book = new OutgoingBook(deps.store, peers);
    this.notes = new OutgoingNotes(keeper);
    const { book, notes } = this;
    const slots = new TransferSlots(() => slotLimits(deps.settings().maxTransfersOut));
    const versionOf = (unit: Unit) => this.versionOf(unit.zone);
    const servedOf = (unit: Unit) => this.#servedOf(unit.zone);
    const changesSince = (unit: Unit, serial: number, version: GivenVersion) =>
      this.#given.changesSince(unit.zone, serial, version);
    this.#given = new GivenVersions(deps);
    this.#server = new TransferServer({ registry, peers, book, notes, slots, deps, servedOf, versionOf, changesSince });
    this.#notifier = new Notifier({ deps, peers, book, notes });
  }

  /** Before zones are restored. */
  async load(): Promise<void> {
    await this.book.load();
    await this.#given.load();
    this.notes.load(await this.#deps.store.documents.ofKind("outgoing"));
  }

  handle(forwarded: ForwardedMessage): void {
    this.#server.handle(forwarded);
  }

  /** A round of the zone came to its end, or who gets it was set. */
  published(zone: Zone): void {
    zone.givenOut = this.book.enabled(zone.id);
    void this.#tell(zone, false);
  }

  /** The server begins: a stop right after `enabled` left undone what that began. */
  begun(zone: Zone): void {
    if (this.book.enabled(zone.id) && this.#leftBehind(zone)) zone.begin("rework");
    else this.published(zone);
  }

  #leftBehind(zone: Zone): boolean {
    if (!needsNewSerial(zone)) return false;
    return isBeforeGiven(zone) || (zone.served?.signing !== undefined && !this.#given.isNoted(zone));
  }

  /** Tells every linked peer, whatever it has acknowledged. */
  forceNotify(zone: Zone): void {
    zone.givenOut = this.book.enabled(zone.id);
    void this.#tell(zone, true);
  }

  /** From now on, perhaps again: what secondaries have from before may be newer than what is served now. */
  enabled(zone: Zone): void {
    zone.givenOut = true;
    if (needsNewSerial(zone)) zone.begin("rework");
    else this.forceNotify(zone);
  }

  /** Nobody may have it any more: no NOTIFY is on its way, no change is kept. */
  async disabled(zone: Zone): Promise<void> {
    zone.givenOut = false;
    this.#notifier.cancel(zone);
    await this.#given.drop(zone);
  }

  /** It is given to nobody any more. */
  async removed(zone: Zone): Promise<void> {
    await this.disabled(zone);
    await this.#given.forgetSerial(zone);
  }

  /** Secondaries get the whole zone next time. */
  clearJournal(zone: Zone): Promise<void> {
    return this.#given.clearJournal(zone);
  }

  journalSerials(zone: Zone): readonly number[] {
    return this.#given.journalSerials(zone);
  }

  forget(zone: Zone): void {
    this.#notifier.cancel(zone);
    this.book.forget(zone.id);
    this.#given.forget(zone);
    this.notes.forget(zone.id);
  }

  stop(): void {
    this.#server.stop();
  }

  /** Undefined while there is nothing to give. */
  async versionOf(zone: Zone): Promise<GivenVersion | undefined> {
    // The serial that it needs is on its way, and NOTIFY comes with it.
    if (zone.served?.mode !== "presigned" && isBeforeGiven(zone)) return undefined;
    return this.#servedOf(zone) && this.#given.of(zone);
  }

  /** As it is answered; where it is signed while answering, without signatures. */
  #servedOf(zone: Zone): GivenVersion | undefined {
    const { served } = zone;
    // A member that left its catalog: not answered for, and not given out. Catalogs are, to those who are named.
    if (!served || zone.hidden === "kept" || (zone.expired && this.#deps.settings().expired === "servfail")) {
      return undefined;
    }
    return { image: served.image, serial: served.image.serial };
  }

  async #tell(zone: Zone, force: boolean): Promise<void> {
    if (!this.book.enabled(zone.id)) return;
    const version = await this.versionOf(zone).catch((error: unknown) => {
      this.#deps.log.error({ zone: zone.name, error }, "the version to give out could not be made");
      return undefined;
    });
    if (version && this.book.enabled(zone.id)) this.#notifier.tell(zone, version, force);
  }
}

/** Secondaries have a newer serial: from before the zone was given to nobody for a while. */
function isBeforeGiven({ served, lastGiven }: Zone): boolean {
  return served !== undefined && lastGiven !== undefined && serialNewer(lastGiven.serial, served.image.serial);
}

/** While it was given to nobody, it may have been signed with other keys, and given the primary's serial again. */
function needsNewSerial({ served, mode, lastGiven }: Zone): boolean {
  if (!served || !lastGiven || served.mode !== mode || mode === "presigned") return false;
  const { serial } = served.image;
  return served.signing ? !serialNewer(serial, lastGiven.serial) : isBehind(serial, mode, lastGiven);
}

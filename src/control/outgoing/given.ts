/**
 * What each zone is given out as: made once for every version that is served, kept while it is, and the changes from one to
 * the next journaled.
 *
 * ```
 *  served version ─┬ unsigned, pre-signed: its image ────────────────┐
 *                  └ signed here: every set and a whole chain signed ┴▶ given version ─ difference to the one before ─▶ journal
 *                    or, after a small change: that alone signed, laid over what was given before ───────── itself ─▶ journal
 * ```
 */
import { randomBytes } from "node:crypto";
import { bytesEqual } from "#bytes";
import { overlayRoom, ZoneImage } from "#image";
import { serialNewer, type ZoneChange } from "#zone";
import type { Deps } from "../deps.ts";
import { GIVEN_SERIAL_KIND, isBehind, type LastGiven } from "../given-serial.ts";
import { changedOctets, takeChanges } from "../posted-changes.ts";
import { baseOctets, saveOverlay } from "../stored-image.ts";
import type { ServedVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { GIVEN_KIND, type GivenNote, readGivenNote } from "./given-note.ts";
import { JOURNAL_KIND, Journal } from "./journal.ts";
import { RecentChanges } from "./recent-changes.ts";
import { signWholeZone } from "./sign-whole-zone.ts";
import { canSignChange, signZoneChange } from "./sign-zone-change.ts";
import type { GivenVersion } from "./version.ts";

/** An image holds a record in some three times the octets that a change or a transfer has. */
const IMAGE_OCTETS_TO_WIRE = 4;

type Made = { readonly served: ServedVersion; readonly version: GivenVersion };

/** `changes`: from what was given before to this, where that is known without comparing the two. */
type Making = { readonly image: ZoneImage; readonly changes?: readonly ZoneChange[] | undefined };

/** Keeps: `made` is what was last given out, and the journal, when it has anything, ends at its serial. */
type State = {
  readonly journal: Journal;
  made: Made | undefined;
  /** File of the signed image, when there is one. */
  file: string | undefined;
  /** One thing at a time. */
  turn: Promise<unknown>;
};

export class GivenVersions {
  readonly #deps: Deps;
  readonly #states = new Map<string, State>();
  readonly #recent = new RecentChanges();
  #documents: { readonly journals: ReadonlyMap<string, unknown>; readonly given: ReadonlyMap<string, unknown> };

  constructor(deps: Deps) {
    this.#deps = deps;
    this.#documents = { journals: new Map(), given: new Map() };
  }

  async load(): Promise<void> {
    const { documents } = this.#deps.store;
    this.#documents = { journals: await documents.ofKind(JOURNAL_KIND), given: await documents.ofKind(GIVEN_KIND) };
  }

  /** The given version of what is served now; undefined while nothing is, or when it can't be made. */
  async of(zone: Zone): Promise<GivenVersion | undefined> {
    const state = this.#state(zone);
    if (state.made && state.made.served === zone.served) return state.made.version;
    return this.#inTurn(state, () => this.#make(zone, state));
  }

  /** The changes that lead from `serial` to this version. */
  async changesSince(zone: Zone, serial: number, version: GivenVersion): Promise<readonly ZoneChange[] | undefined> {
    const { journal } = this.#state(zone);
    if (journal.newest !== version.serial) return undefined;
    return journal.since(serial, version.image.buffer.byteLength / IMAGE_OCTETS_TO_WIRE);
  }

  /** What was given out last is known: it was signed here, and nobody has ordered since that it be given to nobody. */
  isNoted(zone: Zone): boolean {
    return this.#state(zone).file !== undefined;
  }

  journalSerials(zone: Zone): readonly number[] {
    return this.#state(zone).journal.serials;
  }

  async clearJournal(zone: Zone): Promise<void> {
    const state = this.#state(zone);
    await this.#inTurn(state, () => state.journal.clear());
  }

  /** Nothing is given out any more: nothing is kept for it. */
  async drop(zone: Zone): Promise<void> {
    const state = this.#state(zone);
    await this.#inTurn(state, async () => {
      await state.journal.clear();
      state.made = undefined;
      await this.#deps.store.documents.remove(zone.id, GIVEN_KIND);
      if (state.file !== undefined) await this.#deps.store.files.removeImage(zone.id, state.file);
      state.file = undefined;
    });
  }

  /** The zone is deleted, with all its files. */
  forget(zone: Zone): void {
    this.#states.delete(zone.id);
  }

  #state(zone: Zone): State {
    let state = this.#states.get(zone.id);
    if (!state) {
      const journal = new Journal(this.#deps.store, zone.id, this.#documents.journals.get(zone.id), this.#recent);
      const file = readGivenNote(this.#documents.given.get(zone.id))?.file;
      state = { journal, made: undefined, file, turn: Promise.resolve() };
      this.#states.set(zone.id, state);
    }
    return state;
  }

  #inTurn<T>(state: State, work: () => Promise<T>): Promise<T> {
    const mine = state.turn.then(work);
    // Whoever asked has the failure; the next one begins anew.
    state.turn = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }

  async #make(zone: Zone, state: State): Promise<GivenVersion | undefined> {
    const { served } = zone;
    if (!served || zone.gone) return undefined;
    if (state.made?.served === served) return state.made.version;
    const making = served.signing ? await this.#signed(zone, served, state) : asItCame(zone, served, state.made);
    if (!making) return undefined;
    const { image } = making;
    const version: GivenVersion = { image, serial: image.serial };
    await this.#journal(zone, state, version, making.changes);
    await this.#noteSerial(zone, served, version.serial);
    state.made = { served, version };
    return version;
  }

  async #journal(
    zone: Zone,
    state: State,
    version: GivenVersion,
    known: readonly ZoneChange[] | undefined,
  ): Promise<void> {
    const before = state.made?.version;
    const { journal } = state;
    if (!before) {
      // The first since the start: the journal has to end here, or it is of no use.
      if (journal.newest !== version.serial) await journal.clear();
      return;
    }
    if (sameImage(before.image, version.image)) return;
    if (known) {
      // Images are compared only where it is not known what happened: that costs a walk over all records.
      const maxOctets = version.image.buffer.byteLength / IMAGE_OCTETS_TO_WIRE;
      if (changedOctets(known) > maxOctets) await journal.clear();
      else await journal.appendAll(known);
      return;
    }
    const change = await this.#difference(zone, before, version);
    if (serialNewer(version.serial, before.serial)) {
      if (change) await journal.append(change);
      else await journal.clear();
      return;
    }
    // Laid out anew, it is the same to secondaries.
    if (change && changesNothing(change)) return;
    // Another mode: secondaries have something else under this serial, and under those up to the one before.
    await journal.clear(before.serial);
    this.#tellNotNewer(zone, version.serial, before.serial);
  }

  #tellNotNewer(zone: Zone, serial: number, before: number): void {
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "outgoing.serial-not-newer",
      message: `${zone.name}: after serial ${before} another version is given out as serial ${serial}; secondaries keep what they have until the serial has passed ${before}, or until they are told to transfer the whole zone`,
      detail: { serial, before },
    });
  }

  /** Before anybody has it. One that is behind does not take the place of a newer one: secondaries have that. */
  async #noteSerial(zone: Zone, { mode }: ServedVersion, serial: number): Promise<void> {
    const { lastGiven } = zone;
    if (lastGiven?.serial === serial && lastGiven.mode === mode) return;
    if (lastGiven && isBehind(serial, mode, lastGiven)) return;
    const note: LastGiven = { version: 1, serial, mode };
    await this.#deps.store.documents.put(zone.id, GIVEN_SERIAL_KIND, note);
    zone.lastGiven = note;
  }

  /** The zone is given to nobody, by order: what somebody has of it does not count any more. */
  async forgetSerial(zone: Zone): Promise<void> {
    await this.#deps.store.documents.remove(zone.id, GIVEN_SERIAL_KIND);
    zone.lastGiven = undefined;
  }

  async #difference(zone: Zone, before: GivenVersion, after: GivenVersion): Promise<ZoneChange | undefined> {
    this.#deps.log.debug({ zone: zone.name, serial: after.serial }, "what is given out is compared, record by record");
    const posted = await this.#deps.jobs.run<"difference">({
      kind: "difference",
      image: after.image.buffer,
      root: after.image.root,
      before: before.image.buffer,
      beforeRoot: before.image.root,
      maxOctets: after.image.buffer.byteLength / IMAGE_OCTETS_TO_WIRE,
    });
    return posted && takeChanges([posted])[0];
  }

  /** As a run before this one made it, or made now and written down. */
  async #signed(zone: Zone, served: ServedVersion, state: State): Promise<Making | undefined> {
    // As it is now: a compaction writes it, too.
    const known = state.made ? undefined : readGivenNote(await this.#deps.store.documents.find(zone.id, GIVEN_KIND));
    const wanted = makingOf(served);
    if (known && sameMaking(known, wanted)) {
      const image = await this.#load(zone, known);
      if (image) return { image };
    }
    const changed = await this.#signedChange(zone, served, state);
    if (changed) return changed;
    // New signatures under a serial that is known already: no change leads there, from before the moment when they are given out.
    const before = state.made?.version.serial ?? known?.serial;
    if (!state.made || (before !== undefined && !serialNewer(served.image.serial, before)))
      await state.journal.clear(before);
    const image = await this.#signedImage(zone, served, state);
    return image && { image };
  }

  async #signedImage(zone: Zone, served: ServedVersion, state: State): Promise<ZoneImage | undefined> {
    const { store, events, jobs } = this.#deps;
    const before = state.made?.served.signing ? state.made.version.image : undefined;
    const made = await signWholeZone(zone.apex, served, before, jobs);
    if (!made.ok) {
      const message = `${zone.name}: serial ${served.image.serial} can't be given out: ${made.error.text}`;
      events.add({ zoneId: zone.id, zone: zone.name, level: "error", code: "outgoing.unsignable", message });
      return undefined;
    }
    const image = new ZoneImage(made.value);
    const file = `g-${image.serial}-${randomBytes(4).toString("hex")}`;
    await store.files.saveImage(zone.id, file, baseOctets(image));
    await store.documents.put(zone.id, GIVEN_KIND, { ...makingOf(served), file } satisfies GivenNote);
    const old = state.file;
    state.file = file;
    if (old !== undefined) await store.files.removeImage(zone.id, old);
    return image;
  }

  /** Undefined where it has to be signed as a whole. */
  async #signedChange(zone: Zone, served: ServedVersion, { made, file }: State): Promise<Making | undefined> {
    if (!made || file === undefined || !canSignChange(made.served, served)) return undefined;
    const changes = changesBetween(zone, made.served, served);
    if (!changes) return undefined;
    // With other signatures over the keys it would not be the same to secondaries.
    if (changes.length === 0) {
      return made.served.signing?.apex === served.signing?.apex ? { image: made.version.image, changes } : undefined;
    }
    const { jobs, log, store } = this.#deps;
    const signed = await signZoneChange(zone.apex, { given: made.version.image, served, changes }, jobs);
    if (!signed.ok) {
      const { serial } = served.image;
      log.debug({ zone: zone.name, serial, reason: signed.error }, "what is given out is signed as a whole");
      return undefined;
    }
    const { image, change } = signed.value;
    await saveOverlay(zone.id, file, image, this.#deps);
    const note: GivenNote = { ...makingOf(served), file, root: image.root };
    await store.documents.put(zone.id, GIVEN_KIND, note);
    return { image, changes: [change] };
  }

  async #load(zone: Zone, { file, root = 0 }: GivenNote): Promise<ZoneImage | undefined> {
    try {
      const image = await this.#deps.store.files.loadImage(zone.id, file, overlayRoom);
      const verified = await this.#deps.jobs.run<"verify">({ kind: "verify", image, root });
      return verified.ok ? new ZoneImage(image, root) : undefined;
    } catch (error) {
      this.#deps.log.warn({ zone: zone.name, error: String(error) }, "a signed image is made anew");
      return undefined;
    }
  }
}

/** How a signed image of this served version is made. */
function makingOf({ file, image, signing }: ServedVersion): Omit<GivenNote, "file" | "root"> {
  if (!signing) throw new Error("only a zone that is signed here");
  const { zsk, apex } = signing;
  return { version: 1, servedFile: file, serial: image.serial, zskId: zsk.id, expiration: apex.expiration };
}

function sameMaking(known: GivenNote, wanted: Omit<GivenNote, "file" | "root">): boolean {
  return (
    known.servedFile === wanted.servedFile &&
    known.serial === wanted.serial &&
    known.zskId === wanted.zskId &&
    known.expiration === wanted.expiration
  );
}

/** What an IXFR brought from one to the other; nothing, where one is the other laid out anew. */
function changesBetween(
  { change }: Zone,
  before: ServedVersion,
  after: ServedVersion,
): readonly ZoneChange[] | undefined {
  return change?.before === before && change.after === after ? change.changes : undefined;
}

/** Given out record for record as it came; so was the one before it, where the changes are known. */
function asItCame(zone: Zone, served: ServedVersion, made: Made | undefined): Making {
  const { image } = served;
  const changes = made && changesBetween(zone, made.served, served);
  if (changes?.length === 0) return { image, changes };
  const areExact = [made?.served, served].every(
    (each) => each && !each.signing && sameImage(each.image, each.from.image) && each.from.origin?.exact === true,
  );
  const isNewer = made && serialNewer(image.serial, made.served.image.serial);
  return { image, changes: areExact && isNewer ? changes : undefined };
}

function sameImage(a: ZoneImage, b: ZoneImage): boolean {
  return a.buffer === b.buffer && a.root === b.root;
}

/** A version compared with itself: no record but the SOA, and that the same. */
function changesNothing({ deletions, additions }: ZoneChange): boolean {
  return deletions.count === 1 && additions.count === 1 && bytesEqual(deletions.octets, additions.octets);
}

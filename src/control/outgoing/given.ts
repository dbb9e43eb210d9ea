/**
 * What each zone is given out as: made once for every version that is served, kept while it is, and the changes from one to
 * the next journaled.
 *
 * ```
 *  served version ─┬ unsigned, pre-signed: its image ────────────────┐
 *                  └ signed here: every set and a whole chain signed ┴▶ given version ─ difference to the one before ─▶ journal
 * ```
 */
import { randomBytes } from "node:crypto";
import { bytesEqual } from "#bytes";
import { ZoneImage } from "#image";
import { serialNewer, type ZoneChange } from "#zone";
import type { Deps } from "../deps.ts";
import { GIVEN_SERIAL_KIND, isBehind, type LastGiven } from "../given-serial.ts";
import { changedOctets, takeChanges } from "../posted-changes.ts";
import type { ServedVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { GIVEN_KIND, type GivenNote, readGivenNote } from "./given-note.ts";
import { JOURNAL_KIND, Journal } from "./journal.ts";
import { RecentChanges } from "./recent-changes.ts";
import { signWholeZone } from "./sign-whole-zone.ts";
import type { GivenVersion } from "./version.ts";

/** An image holds a record in some three times the octets that a change or a transfer has. */
const IMAGE_OCTETS_TO_WIRE = 4;

type Made = { readonly served: ServedVersion; readonly version: GivenVersion };

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
    const image = served.signing ? await this.#signedImage(zone, served, state) : served.image;
    if (!image) return undefined;
    const version: GivenVersion = { image, serial: image.serial };
    await this.#journal(zone, state, served, version);
    await this.#noteSerial(zone, served, version.serial);
    state.made = { served, version };
    return version;
  }

  async #journal(zone: Zone, state: State, served: ServedVersion, version: GivenVersion): Promise<void> {
    const before = state.made?.version;
    const { journal } = state;
    if (!before) {
      // The first since the start: the journal has to end here, or it is of no use.
      if (journal.newest !== version.serial) await journal.clear();
      return;
    }
    if (sameImage(before.image, version.image)) return;
    const known = state.made && knownChanges(zone, state.made.served, served);
    if (known) {
      // Images are compared only where it is not known what happened: that costs a walk over all records.
      const maxOctets = version.image.buffer.byteLength / IMAGE_OCTETS_TO_WIRE;
      if (changedOctets(known) > maxOctets) await journal.clear();
      else for (const change of known) await journal.append(change);
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
  async #signedImage(zone: Zone, served: ServedVersion, state: State): Promise<ZoneImage | undefined> {
    const { store, events, jobs } = this.#deps;
    const { signing } = served;
    if (!signing) return served.image;
    const wanted = {
      version: 1,
      servedFile: served.file,
      serial: served.image.serial,
      zskId: signing.zsk.id,
      expiration: signing.apex.expiration,
    } as const;
    const known = readGivenNote(this.#documents.given.get(zone.id));
    if (!state.made && known && sameMaking(known, wanted)) {
      const kept = await this.#load(zone, known.file);
      if (kept) return kept;
    }
    // New signatures under a serial that is known already: from there, no change leads anywhere.
    if (!state.made) await state.journal.clear(known?.serial);
    const before = state.made?.served.signing ? state.made.version.image : undefined;
    const made = await signWholeZone(zone.apex, served, before, jobs);
    if (!made.ok) {
      const message = `${zone.name}: serial ${served.image.serial} can't be given out: ${made.error.text}`;
      events.add({ zoneId: zone.id, zone: zone.name, level: "error", code: "outgoing.unsignable", message });
      return undefined;
    }
    const file = `g-${wanted.serial}-${randomBytes(4).toString("hex")}`;
    await store.files.saveImage(zone.id, file, made.value);
    await store.documents.put(zone.id, GIVEN_KIND, { ...wanted, file } satisfies GivenNote);
    const old = state.file;
    state.file = file;
    if (old !== undefined) await store.files.removeImage(zone.id, old);
    return new ZoneImage(made.value);
  }

  async #load(zone: Zone, file: string): Promise<ZoneImage | undefined> {
    try {
      const image = await this.#deps.store.files.loadImage(zone.id, file);
      const verified = await this.#deps.jobs.run<"verify">({ kind: "verify", image });
      return verified.ok ? new ZoneImage(image) : undefined;
    } catch (error) {
      this.#deps.log.warn({ zone: zone.name, error: String(error) }, "a signed image is made anew");
      return undefined;
    }
  }
}

function sameMaking(known: GivenNote, wanted: Omit<GivenNote, "file">): boolean {
  return (
    known.servedFile === wanted.servedFile &&
    known.serial === wanted.serial &&
    known.zskId === wanted.zskId &&
    known.expiration === wanted.expiration
  );
}

/** What an IXFR brought from one to the other, where both are given out record for record as they came. */
function knownChanges(zone: Zone, before: ServedVersion, after: ServedVersion): readonly ZoneChange[] | undefined {
  const { change } = zone;
  if (change?.before !== before || change.after !== after) return undefined;
  const asTheyCame = [before, after].every(
    ({ image, from, signing }) => !signing && sameImage(image, from.image) && from.origin?.exact === true,
  );
  return asTheyCame && serialNewer(after.image.serial, before.image.serial) ? change.changes : undefined;
}

function sameImage(a: ZoneImage, b: ZoneImage): boolean {
  return a.buffer === b.buffer && a.root === b.root;
}

/** A version compared with itself: no record but the SOA, and that the same. */
function changesNothing({ deletions, additions }: ZoneChange): boolean {
  return deletions.count === 1 && additions.count === 1 && bytesEqual(deletions.octets, additions.octets);
}

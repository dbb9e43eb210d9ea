/**
 * Remembers since when each part of a multi-signer set-up is as it has to be: the waits that are owed are counted from
 * there, over restarts too. Looked at after every round of the zone and after every answer of its parent.
 *
 *   round finished, parent answered ─▶ look ─▶ since (a document of the store) ─▶ what changed is an event
 */
import type { MultiSigner } from "#contract";
import { type SightName, type SightSince, stepSince } from "#keyplan";
import type { Deps } from "../deps.ts";
import type { NoteKeeper } from "../note-keeper.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Zone } from "../zone.ts";
import { type Look, lookAt } from "./look.ts";
import { showMultiSigner } from "./show.ts";

const KIND = "multi-signer";

type SinceNote = { readonly version: 1; readonly since: SightSince };

const SENTENCES: Readonly<Record<SightName, readonly [holds: string, ends: string]>> = {
  keysExchanged: [
    "both providers publish each other's zone signing keys",
    "a zone signing key is missing at one provider",
  ],
  bothDs: ["the parent has a DS of both providers", "the parent lacks the DS of one provider"],
  bothNameServers: [
    "both providers' name servers are in the zone and at the parent",
    "a provider's name servers are missing",
  ],
  ourNameServersGone: ["our name servers are out of the zone and the parent", "our name servers are back"],
  partnerNameServersGone: [
    "the partner's name servers are out of the zone and the parent",
    "the partner's name servers are there",
  ],
  ourDsGone: ["the parent has no DS of ours", "the parent has our DS"],
  partnerDsGone: ["the parent has no DS of the partner", "the parent has the partner's DS"],
};

/** Told as they come: the way in. The way out is told only by those who ask. */
const TOLD: readonly SightName[] = ["keysExchanged", "bothDs", "bothNameServers"];

/** Keeps: what is remembered is of zones in multi-signer mode. */
export class MultiSignerWatch {
  readonly #deps: Deps;
  readonly #notes: NoteKeeper;
  readonly #parentNote: (zoneId: string) => ParentNote | undefined;
  readonly #since = new Map<string, SightSince>();

  constructor(deps: Deps, notes: NoteKeeper, parentNote: (zoneId: string) => ParentNote | undefined) {
    this.#deps = deps;
    this.#notes = notes;
    this.#parentNote = parentNote;
  }

  async load(): Promise<void> {
    for (const [zoneId, document] of await this.#deps.store.documents.ofKind(KIND)) {
      const note = document as Partial<SinceNote> | null;
      if (note?.version === 1 && note.since) this.#since.set(zoneId, note.since);
    }
  }

  forget(zoneId: string): void {
    this.#since.delete(zoneId);
  }

  observe(zone: Zone): void {
    if (zone.mode !== "multisigner") {
      if (this.#since.delete(zone.id)) this.#put(zone, {});
      return;
    }
    this.#take(zone, this.#look(zone));
  }

  show(zone: Zone): MultiSigner {
    const look = this.#look(zone);
    if (zone.mode === "multisigner") this.#take(zone, look);
    const since = this.#since.get(zone.id) ?? {};
    return showMultiSigner(
      zone,
      look,
      { ...look.facts, since, now: this.#deps.now() },
      this.#parentNote(zone.id),
      this.#deps,
    );
  }

  #look(zone: Zone): Look {
    return lookAt(zone, this.#parentNote(zone.id), this.#deps);
  }

  #take(zone: Zone, { facts: { sight } }: Look): void {
    const before = this.#since.get(zone.id) ?? {};
    const after = stepSince(before, sight, this.#deps.now());
    const names = Object.keys(SENTENCES) as SightName[];
    const changed = names.filter((name) => before[name] !== after[name]);
    if (changed.length === 0) return;
    this.#since.set(zone.id, after);
    this.#put(zone, after);
    for (const name of changed) if (TOLD.includes(name)) this.#tell(zone, name, after[name] !== undefined);
  }

  #put(zone: Zone, since: SightSince): void {
    if (!zone.gone) this.#notes.put(zone.id, KIND, { version: 1, since } satisfies SinceNote);
  }

  #tell(zone: Zone, what: SightName, holds: boolean): void {
    this.#deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: holds ? "info" : "warning",
      code: "multi-signer.changed",
      message: `${zone.name}: ${SENTENCES[what][holds ? 0 : 1]}`,
      detail: { what, holds },
    });
  }
}

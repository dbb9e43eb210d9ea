/**
 * One zone: its facts, its versions, and the machine that takes it from a transfer to a publication (drawn in work.ts).
 * Everything that changes what is served goes through `begin`; one round at a time.
 */
import type { PackedPart, ZoneImage } from "#image";
import { type DnssecFlags, type DnssecStatus, type SigningMode, signingMode } from "#keyplan";
import { type Name, readName } from "#name";
import type { KeyRow, ZoneRow } from "#store";
import { collectGarbage, giveBackMemory, LARGE_OCTETS } from "#telemetry";
import type { ZoneChange, ZoneVersion } from "#zone";
import { type Compacted, compact, dropCompacted, wantsCompaction } from "./compaction.ts";
import type { Deps } from "./deps.ts";
import { beginDraft, type Draft, type RoundContext } from "./draft.ts";
import type { LastGiven } from "./given-serial.ts";
import { dropHeldRows, forgetHeldVersion, type HeldVersion, saveHeldVersion, tellHeld } from "./held-version.ts";
import { apexNameServers } from "./image-facts.ts";
import { NO_LIMITS, type ZoneLimitsNote } from "./limits-note.ts";
import { movedServed, movedStored, slimServed, slimStored } from "./packed-versions.ts";
import { performStep } from "./pipeline.ts";
import { buildPublication } from "./publication.ts";
import { isReleased, RELEASED_KIND, releasedNote } from "./released-note.ts";
import { changeOf, type ServedChange } from "./served-change.ts";
import { writeStored } from "./stored-row.ts";
import { type Arrival, type ServedVersion, type StoredVersion, sameVersion } from "./versions.ts";
import {
  AT_REST,
  type Fault,
  type Held,
  type Round,
  releases,
  type Step,
  stepWork,
  type Work,
  type WorkEffect,
  type WorkEvent,
} from "./work.ts";

export type ZoneFactsInMemory = {
  readonly row: ZoneRow;
  readonly status: DnssecStatus;
  readonly flags: DnssecFlags;
  readonly keys: readonly KeyRow[];
};

/** Of all that have none. */
const NO_FILES: readonly string[] = [];
const NOTHING_BEFORE: Promise<unknown> = Promise.resolve();

type Compaction = {
  readonly from: StoredVersion;
  readonly since: (readonly ZoneChange[])[];
  made?: Pick<Compacted, "stored" | "served">;
};

/** Told how rounds end, and what is about to be served. */
export type RoundListener = {
  /** Undefined: nothing that has to be done first. */
  readonly replacing: (
    zone: Zone,
    before: ServedVersion | undefined,
    after: ServedVersion | undefined,
  ) => Promise<void> | undefined;
  readonly finished: (zone: Zone, round: Round) => void;
  readonly held: (zone: Zone, held: Held) => void;
};

/** Keeps: `served` is what was last handed to the edge; files on disk are those of `stored`, `served` and its source. */
export class Zone {
  readonly id: string;
  row: ZoneRow;
  status: DnssecStatus;
  flags: DnssecFlags;
  keys: readonly KeyRow[];
  stored: StoredVersion | undefined;
  served: ServedVersion | undefined;
  /** How the one that is served came from the one before it, when it came by changes. */
  change: ServedChange | undefined;
  expired = false;
  /** Not answered for: a catalog, or a member that left its catalog and is kept for a while. */
  hidden: "catalog" | "kept" | undefined;
  /** Secondaries transfer it from here. */
  givenOut = false;
  /** What they have by now, at most. */
  lastGiven: LastGiven | undefined;
  generation = 0;
  limits: ZoneLimitsNote = NO_LIMITS;
  /** That the signatures end before EXPIRE was told. */
  horizonTold = false;
  /** Timers of what is served were set (round-timers.ts). */
  hasRoundTimers = false;
  /** Since when nothing is fetched, by order of the operator; milliseconds since 1970. */
  frozenAt: number | undefined;
  readonly #deps: Deps;
  readonly #listener: RoundListener;
  #work: Work = AT_REST;
  #transferred: Arrival | undefined;
  #draft: Draft | undefined;
  #heldVersion: HeldVersion | undefined;
  #released: StoredVersion | undefined;
  /** Of the overlays of `from`: being made, or ready (`made`) and waiting for its round. */
  #compaction: Compaction | undefined;
  /** Names of image files that this run found or wrote. */
  #files: string | readonly string[] = NO_FILES;
  /** What is served, before it was made small: its key was just opened, and is wanted once more for the first publication. */
  #justRestored: ServedVersion | undefined;
  #gone = false;
  #resting: Array<() => void> | undefined;
  #exclusive: Promise<unknown> = NOTHING_BEFORE;

  constructor(facts: ZoneFactsInMemory, deps: Deps, listener: RoundListener) {
    this.id = facts.row.id;
    this.row = facts.row;
    this.status = facts.status;
    this.flags = facts.flags;
    this.keys = facts.keys;
    this.#deps = deps;
    this.#listener = listener;
  }

  /** Read from the name each time: octets of their own would cost more than the name does. */
  get apex(): Name {
    return apexOf(this.row);
  }

  /** Without the final dot. */
  get name(): string {
    return this.row.name;
  }

  /** The mode that is wanted; what is served may still be in another one (`served.mode`). */
  get mode(): SigningMode {
    return signingMode(this.status.phase, this.flags);
  }

  get held(): Held | undefined {
    return this.#work.held;
  }

  /** The version that is held, as it came; undefined when none is, or nothing could be made of it. */
  get heldImage(): ZoneImage | undefined {
    if (!this.held) return undefined;
    if (this.#heldVersion) return this.#heldVersion.image;
    return this.stored && !sameVersion(this.stored, this.served?.from) ? this.stored.image : undefined;
  }

  get doing(): Step | undefined {
    return this.#work.doing?.step;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** As it was before a restart; nothing is done and nothing told. `files`: those on disk, the unreadable ones too. */
  restore(
    stored: StoredVersion | undefined,
    served: ServedVersion | undefined,
    held: Held | undefined,
    heldVersion: HeldVersion | undefined,
    files: readonly string[],
    released: unknown,
  ): void {
    this.#released = isReleased(released, stored) ? stored : undefined;
    this.#heldVersion = heldVersion;
    const from = served?.from;
    this.stored = stored && slimStored(stored);
    const source = from === stored && this.stored ? this.stored : from && slimStored(from);
    this.served = served && source && slimServed(served, source, this.#deps);
    this.#justRestored = served;
    if (held) this.#work = { ...this.#work, held };
    for (const file of files) this.#addFile(file);
  }

  begin(round: Round): void {
    if (round === "resign" && !this.served?.signing) {
      // Nothing that could be signed anew is served. But what is on its way to be goes by the facts that it began with.
      if (this.#work.doing) this.begin("rework");
      return;
    }
    // A change of mode before the first transfer: that one will be made ready in the new mode. One that is on its way is not:
    // its round goes by the facts that it began with.
    if (round === "rework" && !this.stored && !this.#work.doing) return;
    this.#step({ kind: "begin", round });
  }

  /** A finished transfer: checked, stored, made ready and published. A newer one before its turn takes its place. */
  takeTransfer(arrival: Arrival): void {
    this.#transferred = arrival;
    this.begin("transferred");
  }

  /** What is stored and held is taken in spite of the reason. Resolves when the round is over, at the latest after `timeoutMs`. */
  async release(timeoutMs: number): Promise<void> {
    if (this.stored) await this.#noteReleased(this.stored);
    this.begin("rework");
    await this.rest(timeoutMs);
  }

  /** On disk first: a change of mode after a restart takes it as it is, too. */
  async #noteReleased(version: StoredVersion): Promise<void> {
    await this.#deps.store.documents.put(this.id, RELEASED_KIND, releasedNote(version));
    this.#released = version;
  }

  /** The held version is thrown away: what is stored is what is served again. The zone has to be at rest. */
  async dropHeld(): Promise<void> {
    this.#voidCompaction();
    this.stored = this.served?.from;
    this.#heldVersion = undefined;
    this.#step({ kind: "dropped" });
    const { stored } = this;
    await dropHeldRows(this.id, stored, this.#deps);
    await this.#removeUnused();
  }

  /** Changes of the zone's facts, one after the other. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#exclusive.then(work);
    this.#exclusive = mine.catch(() => undefined);
    return mine;
  }

  /** Resolves when no round runs or waits, at the latest after `timeoutMs`. */
  rest(timeoutMs: number): Promise<void> {
    if (!this.#work.doing) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#resting ??= [];
      this.#resting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  /** Hands the zone's present state to the edge; resolves when it has acknowledged. */
  publish(): Promise<void> {
    this.generation++;
    const { id, apex, generation } = this;
    const served = this.#justRestored ?? this.served;
    this.#justRestored = undefined;
    if (this.hidden) return this.#deps.sender.remove(this.id);
    const { expired: own } = this.row;
    const answers = own === "default" ? this.#deps.settings().expired : own;
    const expired = this.expired && answers === "servfail";
    return this.#deps.sender.publish(
      buildPublication({ id, apex, generation, served }, expired, this.#deps.expiry.place(id)),
    );
  }

  /** The zone is being deleted: nothing of it may be written any more. */
  async leave(): Promise<void> {
    this.#gone = true;
    await this.rest(10_000);
    await this.served?.signing?.tableFile.close();
    await this.#deps.sender.remove(this.id);
  }

  #step(event: WorkEvent): void {
    if (this.#gone) {
      this.#work = AT_REST;
      this.#wakeResting();
      return;
    }
    const { work, effects } = stepWork(this.#work, event, this.#deps.now());
    this.#work = work;
    for (const effect of effects) this.#do(effect);
    if (this.#work.doing) return;
    this.#wakeResting();
    if (this.#compaction?.made) this.begin("compacted");
  }

  #do(effect: WorkEffect): void {
    switch (effect.kind) {
      case "perform":
        void this.#perform(effect.round, effect.step);
        return;
      case "held":
        tellHeld(this, effect.held, this.#deps);
        this.#background(this.#deps.store.documents.put(this.id, "held", effect.held));
        this.#listener.held(this, effect.held);
        return;
      case "released": {
        const message = `${this.name}: no longer held`;
        this.#deps.events.add({ zoneId: this.id, zone: this.name, level: "info", code: "zone.released", message });
        // The store knows since what is served was saved.
        if (this.#heldVersion) {
          this.#heldVersion = undefined;
          this.#background(this.#removeUnused());
        }
        return;
      }
      case "finished":
        this.#listener.finished(this, effect.round);
    }
  }

  async #perform(round: Round, step: Step): Promise<void> {
    const draft = this.#draft ?? this.#beginDraft(round);
    this.#draft = draft;
    const serial = draft.transferred?.serial ?? draft.overlaid?.image.serial ?? draft.stored?.serial;
    const startedAtMs = this.#deps.nowMs();
    try {
      const result =
        step === "publishing" ? await this.#publishDraft(draft) : await performStep(step, draft, this.#deps);
      if (!result.ok) {
        await this.#untilNamed(draft);
        await this.#untilWritten(draft);
        await this.#failed(step, result.error, serial, draft.transferred);
        return;
      }
      this.#deps.log.debug({ zone: this.name, serial, step, ms: this.#deps.nowMs() - startedAtMs }, "a step is done");
      const { stored, file, remade } = result.value;
      if (step === "storing") this.#noteStored(draft, result.value);
      // The same content in another file.
      if (draft.compacted && stored && sameVersion(this.stored, this.#released)) await this.#noteReleased(stored);
      if (step === "storing") this.stored = stored;
      if (remade) this.#addFile(remade.file);
      if (step === "storing" && stored) {
        this.#addFile(stored.file);
        this.row = { ...this.row, originalNameServers: apexNameServers(stored.image) };
      }
      if (step === "saving" && file !== undefined) this.#addFile(file);
      this.#draft = step === "publishing" ? undefined : result.value;
      this.#step({ kind: "done", step });
    } catch (error) {
      // A full disk, a worker that ended: the zone is held with it, the last good version is served on.
      const text = error instanceof Error ? error.message : String(error);
      this.#deps.log.error({ zone: this.name, step, error }, "a step of a zone's round failed");
      // It has the last word already.
      await this.#untilNamed(draft).catch(() => undefined);
      await this.#untilWritten(draft).catch(() => undefined);
      await this.#failed(step, { code: "round.failed", text }, serial);
    }
  }

  async #failed(step: Step, fault: Fault, serial: number | undefined, transferred?: ZoneVersion): Promise<void> {
    this.#draft = undefined;
    try {
      if (step === "checking" && transferred) await this.#keepHeld(transferred);
      else if (this.#heldVersion && this.#work.doing?.round === "transferred") await this.#forgetHeldVersion();
      // A primary that sends one bad version after the other must not fill the disk.
      await this.#removeUnused();
    } catch (error) {
      this.#deps.log.warn({ zone: this.name, error: String(error) }, "files of an older version could not be removed");
    }
    this.#step({ kind: "failed", step, fault, serial, nothingStored: this.stored === undefined });
  }

  async #keepHeld(transferred: ZoneVersion): Promise<void> {
    this.#heldVersion = await saveHeldVersion(this.id, transferred, this.#deps);
    if (this.#heldVersion) this.#addFile(this.#heldVersion.file);
    else await forgetHeldVersion(this.id, this.#deps);
  }

  async #forgetHeldVersion(): Promise<void> {
    this.#heldVersion = undefined;
    await forgetHeldVersion(this.id, this.#deps);
    await this.#removeUnused();
  }

  #beginDraft(round: Round): Draft {
    const { id: zoneId, name, row, apex, status, flags, keys, stored, served, limits } = this;
    const { givenOut, lastGiven } = this;
    const facts = { zoneId, name, row, apex, status, flags, keys, stored, served, limits, givenOut, lastGiven };
    const endsHold = this.held !== undefined && releases(round, this.held);
    const context: RoundContext = { ...facts, released: this.#released, endsHold };
    const transferred = round === "transferred" ? this.#transferred : undefined;
    if (transferred) this.#transferred = undefined;
    return beginDraft(
      context,
      transferred,
      round === "resign",
      round === "compacted" ? this.#takeCompacted() : undefined,
    );
  }

  #takeCompacted(): Compacted | undefined {
    const { from, since, made } = this.#compaction ?? {};
    this.#compaction = undefined;
    return from && since && made ? { from, since, ...made } : undefined;
  }

  /** What is stored while overlays are being made an image has to be laid over that; a whole version makes it void. */
  #noteStored({ changes }: Draft, { delta, stored }: Draft): void {
    if (!this.#compaction || sameVersion(stored, this.stored)) return;
    if (delta && changes) this.#compaction.since.push(changes);
    else this.#voidCompaction();
  }

  #voidCompaction(): void {
    const compacted = this.#takeCompacted();
    if (compacted) this.#background(dropCompacted(this.id, compacted, this.#deps));
  }

  /** In the background; its round begins when it is done. */
  #considerCompaction(): void {
    const { stored, served } = this;
    if (this.#compaction || this.held || !stored || !served || !wantsCompaction(stored, served)) return;
    const compaction: Compaction = { from: stored, since: [] };
    this.#compaction = compaction;
    const work = async () => {
      const made = await compact(this.id, stored, served, this.#deps);
      if (this.#compaction !== compaction || this.#gone) {
        if (made) await dropCompacted(this.id, { from: stored, since: [], ...made }, this.#deps);
        return;
      }
      if (!made) this.#compaction = undefined;
      else compaction.made = made;
      if (made && !this.#work.doing) this.begin("compacted");
    };
    work().catch((error: unknown) => {
      if (this.#compaction === compaction) this.#compaction = undefined;
      this.#deps.log.warn({ zone: this.name, error: String(error) }, "overlays could not be made an image");
    });
  }

  async #publishDraft(draft: Draft): Promise<{ ok: true; value: Draft }> {
    const before = this.served;
    await this.#listener.replacing(this, before, draft.result);
    this.#serve(draft);
    this.change = changeOf(before, this.served, draft);
    await this.publish();
    await this.#untilWritten(draft);
    await this.#forget(before);
    const { image } = draft;
    // Columns and images of this round and the one before: nobody refers to them when this turn is over. Not sooner, as that takes time
    // from the compiler; and what a transfer left to malloc goes with what came by one.
    if (image && image.buffer !== before?.image.buffer && image.buffer.byteLength >= LARGE_OCTETS)
      setImmediate(draft.compacted ? collectGarbage : giveBackMemory);
    this.#considerCompaction();
    return { ok: true, value: draft };
  }

  /** What was stored and is not served after all has its row in any case: it is held, and there after a restart. */
  async #untilNamed({ unnamed, appended, context }: Draft): Promise<void> {
    if (!unnamed) return;
    try {
      await appended;
    } catch (error) {
      // It never got to the disk: nothing was stored.
      if (this.stored === unnamed) this.stored = context.stored;
      throw error;
    }
    await writeStored(this.id, unnamed, this.#deps);
  }

  /** A first version that was made ready, perhaps served, while its file was being written: without the file it is none. */
  async #untilWritten(draft: Draft): Promise<void> {
    try {
      await draft.written;
    } catch (error) {
      this.stored = undefined;
      if (this.served) {
        this.served = undefined;
        await this.publish();
      }
      throw error;
    }
  }

  #serve({ result }: Draft): void {
    if (!result) {
      this.served = undefined;
      return;
    }
    const from = slimStored(result.from);
    if (this.stored === result.from) this.stored = from;
    this.served = slimServed(result, from, this.#deps);
  }

  /** Its images stand elsewhere from now on, and are published from there. False: not now. */
  moveImages(move: (part: PackedPart) => PackedPart): boolean {
    const { stored, served } = this;
    if (this.#work.doing || this.#compaction || this.#gone) return false;
    this.stored = stored && movedStored(stored, move);
    if (!served) return true;
    const from = stored && served.from === stored ? this.stored! : movedStored(served.from, move);
    this.served = movedServed(served, from, move);
    void this.publish();
    return true;
  }

  /** Files of versions that nothing refers to any more: only after the edge has let go of them. */
  async #forget(before: ServedVersion | undefined): Promise<void> {
    const oldTable = before?.signing?.tableFile;
    if (oldTable && oldTable !== this.served?.signing?.tableFile) await oldTable.close();
    await this.#removeUnused();
  }

  async #removeUnused(): Promise<void> {
    const kept = new Set([this.stored?.file, this.served?.file, this.served?.from.file, this.#heldVersion?.file]);
    for (const file of this.#allFiles) {
      if (kept.has(file)) continue;
      this.#files = this.#allFiles.filter((other) => other !== file);
      await this.#deps.store.files.removeImage(this.id, file);
    }
  }

  /** Whether it is the name of an image file of the zone. */
  hasFile(file: string): boolean {
    return this.#allFiles.includes(file);
  }

  get #allFiles(): readonly string[] {
    return typeof this.#files === "string" ? [this.#files] : this.#files;
  }

  /** One alone, as nearly all of tens of thousands of zones have it, stands without a list around it. */
  #addFile(file: string): void {
    const all = this.#allFiles;
    if (!all.includes(file)) this.#files = all.length === 0 ? file : [...all, file];
  }

  #background(work: Promise<void>): void {
    work.catch((error: unknown) => this.#deps.log.error({ zone: this.name, error }, "the store refused a note"));
  }

  #wakeResting(): void {
    const resting = this.#resting ?? [];
    this.#resting = undefined;
    for (const wake of resting) wake();
  }
}

function apexOf({ name }: ZoneRow): Name {
  const apex = readName(name);
  if (!apex.ok) throw new Error(`zone ${name}: not a name`);
  return apex.value;
}

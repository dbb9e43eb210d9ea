/**
 * Rolls keys: begins rollovers by order or by age, looks at them when something may have changed, and does to the keys what the
 * machine (#keyplan, drawn there) says.
 *
 *   order, age ─▶ new key ─┐
 *   round finished ────────┼─▶ sight ▶ stepRoll ▶ rows and document in one transaction ▶ keys in memory ▶ resign round
 *   parent answered, timer ┘                                                                               └▶ round finished
 */
import { fail, ok, type Result } from "#bytes";
import { keyTag } from "#dnssec";
import { beginRoll, type Roll, type RollAct, type RollKind, rollDueAt, rollWaitsUntil, stepRoll } from "#keyplan";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import { transferredKeys } from "../image-facts.ts";
import { type KeyState, signingKeys, withState } from "../key-set.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { MAX_PAST, NO_ROLLS, type PastRoll, ROLL_KIND, type RollNote, readRollNote, rollsOf } from "./note.ts";
import { type RollKeys, rollKeys, sightOf } from "./sight.ts";
import { tellRoll } from "./tell.ts";

export type RollRefusal = "not-signed-here" | "already" | "none" | "too-late";

const DAY = 86_400;
/** How often keys are looked at for their age. */
const LOOK_SECONDS = 600;
/** A wait for the parent that is over: it is asked at once, and again so often, seconds. */
const PARENT_AGAIN_SECONDS = 60;

type KeeperParts = {
  readonly registry: Registry;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly lookAtParent: (zone: Zone) => void;
  readonly deps: Deps;
};

/** Keeps: what is remembered of a zone is what its document says; one rollover of a kind at a time. */
export class KeyKeeper {
  readonly #parts: KeeperParts;
  readonly #deps: Deps;
  readonly #notes = new Map<string, RollNote>();
  #begunAt = 0;

  constructor(parts: KeeperParts) {
    this.#parts = parts;
    this.#deps = parts.deps;
  }

  async load(): Promise<void> {
    for (const [zoneId, document] of await this.#deps.store.documents.ofKind(ROLL_KIND)) {
      const note = readRollNote(document);
      if (note) this.#notes.set(zoneId, note);
    }
  }

  /** Everything that was restored is served. */
  begin(): void {
    this.#begunAt = this.#deps.now();
    for (const zoneId of this.#notes.keys()) {
      const zone = this.#parts.registry.find(zoneId);
      if (zone) this.observe(zone);
    }
    this.#lookAtAges();
  }

  forget(zoneId: string): void {
    this.#notes.delete(zoneId);
  }

  note(zoneId: string): RollNote {
    return this.#notes.get(zoneId) ?? NO_ROLLS;
  }

  /** Days; undefined: this zone's ZSK is rolled by order alone. With partners that have to take part, only where the zone says so. */
  zskDays(zone: Zone): number | undefined {
    const { zskDays } = this.note(zone.id);
    if (zskDays !== "default") return zskDays ?? undefined;
    const days = this.#deps.settings().zskLifetimeDays;
    return days === 0 || zone.mode === "multisigner" ? undefined : days;
  }

  /** Unix seconds: when the ZSK is rolled for its age. */
  zskDueAt(zone: Zone): number | undefined {
    const days = this.zskDays(zone);
    const zsk = zone.served?.signing && signingKeys(zone.keys)?.zsk;
    if (days === undefined || !zsk || this.note(zone.id).zsk) return undefined;
    const knownSince = Math.max(this.#begunAt, this.note(zone.id).zskDaysSince);
    const fraction = Number.parseInt(zsk.id.slice(0, 8), 16) / 2 ** 32;
    return rollDueAt({ madeAt: Math.floor(zsk.createdAt / 1000), lifetimeSeconds: days * DAY, fraction, knownSince });
  }

  /** The zone may look otherwise to its rollovers. */
  observe(zone: Zone): void {
    if (rollsOf(this.note(zone.id)).length === 0) return;
    void zone
      .exclusively(() => this.#observe(zone))
      .catch((error: unknown) => this.#deps.log.error({ zone: zone.name, error }, "a rollover could not go on"));
  }

  /** Within the zone's turn. */
  async start(
    zone: Zone,
    kind: RollKind,
    how: { emergency: boolean; automatic: boolean },
  ): Promise<Result<void, RollRefusal>> {
    const now = this.#deps.now();
    await this.#dropLost(zone);
    const note = this.note(zone.id);
    const going = note[kind];
    if (going && (going.emergency || !how.emergency)) return fail("already");
    if (going) return this.#hurry(zone, going);
    const keys = signingKeys(zone.keys);
    const old = kind === "zsk" ? keys?.zsk : keys?.ksks.find(({ state }) => state === "active");
    if (!old || !zone.served?.signing || (zone.mode !== "live" && zone.mode !== "multisigner")) {
      return fail("not-signed-here");
    }
    const beside = { keys: zone.keys, takenTags: this.#partnerTags(zone) };
    const made = this.#deps.vault.makeOne(zone.id, kind, beside, this.#deps.nowMs());
    const begun = { ...beginRoll(kind, { old: old.id, new: made.id }, now), emergency: how.emergency };
    const automatic = how.automatic ? [...note.automatic, made.id] : note.automatic;
    const next: RollNote = { ...note, [kind]: begun, automatic };
    await this.#deps.store.atomically(async (tables) => {
      await tables.keys.add(made);
      await tables.documents.put(zone.id, ROLL_KIND, next);
    });
    this.#notes.set(zone.id, next);
    zone.keys = [...zone.keys, made];
    tellRoll(zone, begun, { old, new: made }, how.automatic ? "begun-for-age" : "begun", this.#deps);
    zone.begin("resign");
    return ok(undefined);
  }

  /** Within the zone's turn. */
  async cancel(zone: Zone, kind: RollKind): Promise<Result<void, RollRefusal>> {
    await this.#dropLost(zone);
    const roll = this.note(zone.id)[kind];
    const keys = roll && rollKeys(zone, roll);
    if (!keys) return fail("none");
    const stepped = stepRoll(roll, { kind: "cancel" }, this.#deps.now());
    if (!stepped.ok) return stepped;
    await this.#take(zone, stepped.value.roll, stepped.value.act, keys);
    return ok(undefined);
  }

  /** Within the zone's turn. */
  async setZskDays(zone: Zone, zskDays: RollNote["zskDays"]): Promise<void> {
    await this.#put(zone, { ...this.note(zone.id), zskDays, zskDaysSince: this.#deps.now() });
  }

  async #hurry(zone: Zone, going: Roll): Promise<Result<void, RollRefusal>> {
    const stepped = stepRoll(going, { kind: "hurry" }, this.#deps.now());
    const keys = rollKeys(zone, going);
    if (!stepped.ok || !keys) return fail("already");
    await this.#put(zone, { ...this.note(zone.id), [going.kind]: stepped.value.roll });
    tellRoll(zone, stepped.value.roll, keys, "hurried", this.#deps);
    await this.#observe(zone);
    return ok(undefined);
  }

  async #observe(zone: Zone): Promise<void> {
    // What the workers have is not what is about to be: the round that is publishing tells of its end.
    if (zone.gone || zone.doing === "publishing") return;
    await this.#dropLost(zone);
    const now = this.#deps.now();
    for (const roll of rollsOf(this.note(zone.id))) {
      const keys = rollKeys(zone, roll);
      if (!keys) continue;
      const sight = sightOf(zone, keys, this.#parts.parentNote(zone.id), this.#deps);
      const stepped = stepRoll(roll, { kind: "sight", sight }, now);
      if (stepped.ok && (stepped.value.act || stepped.value.roll !== roll)) {
        await this.#take(zone, stepped.value.roll, stepped.value.act, keys);
      }
    }
    this.#setTimer(zone);
  }

  async #take(zone: Zone, roll: Roll, act: RollAct | undefined, keys: RollKeys): Promise<void> {
    const note = this.note(zone.id);
    const before = note[roll.kind];
    const isOver = act === "remove" || act === "withdraw";
    const next: RollNote = isOver
      ? {
          ...note,
          [roll.kind]: null,
          automatic: note.automatic.filter((id) => id !== roll.newKey),
          past: withPast(note, pastOf(roll, keys, act === "remove" ? "rolled" : "cancelled", this.#deps.now())),
        }
      : { ...note, [roll.kind]: roll };
    const states = new Map<string, KeyState>(
      act === "activate"
        ? [
            [keys.old.id, "retired"],
            [keys.new.id, "active"],
          ]
        : [],
    );
    const gone = act === "remove" ? keys.old : act === "withdraw" ? keys.new : undefined;
    await this.#deps.store.atomically(async (tables) => {
      for (const [id, state] of states) await tables.keys.setState(id, state);
      if (gone) await tables.keys.remove(gone.id);
      await tables.documents.put(zone.id, ROLL_KIND, next);
    });
    this.#notes.set(zone.id, next);
    zone.keys = changedKeys(zone.keys, states, gone);
    if (act) tellRoll(zone, roll, keys, act, this.#deps);
    else if (before?.step !== roll.step) tellRoll(zone, roll, keys, "step", this.#deps);
    if (act) zone.begin("resign");
    if (act === "activate" && roll.kind === "ksk") this.#parts.lookAtParent(zone);
  }

  /** The zone's keys were deleted, with DNSSEC, while they were rolled. */
  async #dropLost(zone: Zone): Promise<void> {
    const note = this.note(zone.id);
    const lost = rollsOf(note).filter((roll) => !rollKeys(zone, roll));
    if (lost.length === 0) return;
    const kept: { [kind in RollKind]?: null } = {};
    for (const { kind } of lost) kept[kind] = null;
    await this.#put(zone, { ...note, ...kept });
  }

  async #put(zone: Zone, note: RollNote): Promise<void> {
    await this.#deps.store.documents.put(zone.id, ROLL_KIND, note);
    this.#notes.set(zone.id, note);
  }

  /** None that a validator would have to tell apart (RFC 4034 appendix B). */
  #partnerTags(zone: Zone): number[] {
    return zone.stored ? transferredKeys(zone.stored.image).dnskey.map(keyTag) : [];
  }

  #setTimer(zone: Zone): void {
    const { scheduler } = this.#deps;
    const now = this.#deps.now();
    const key = `${zone.id}/roll`;
    const due = rollsOf(this.note(zone.id)).flatMap((roll) => {
      const until = rollWaitsUntil(roll);
      if (until === undefined) return [];
      return roll.step === "ds-wait" && until <= now ? now + PARENT_AGAIN_SECONDS : until;
    });
    if (due.length === 0) scheduler.cancel(key);
    else scheduler.set(key, Math.min(...due), () => this.#due(zone));
  }

  #due(zone: Zone): void {
    const { ksk } = this.note(zone.id);
    if (ksk?.step === "ds-wait" && (rollWaitsUntil(ksk) ?? 0) <= this.#deps.now()) this.#parts.lookAtParent(zone);
    this.observe(zone);
  }

  #lookAtAges(): void {
    const now = this.#deps.now();
    for (const { zone } of this.#parts.registry.all()) {
      const due = this.zskDueAt(zone);
      if (due === undefined || due > now || zone.expired || zone.held) continue;
      void zone
        .exclusively(() => this.start(zone, "zsk", { emergency: false, automatic: true }))
        .catch((error: unknown) => this.#deps.log.error({ zone: zone.name, error }, "a ZSK could not be rolled"));
    }
    this.#deps.scheduler.set("key-ages", now + LOOK_SECONDS, () => this.#lookAtAges());
  }
}

function changedKeys(
  keys: readonly KeyRow[],
  states: ReadonlyMap<string, KeyState>,
  gone: KeyRow | undefined,
): readonly KeyRow[] {
  return keys
    .filter(({ id }) => id !== gone?.id)
    .map((key) => {
      const state = states.get(key.id);
      return state ? withState(key, state) : key;
    });
}

function withPast(note: RollNote, past: PastRoll): readonly PastRoll[] {
  return [...note.past, past].slice(-MAX_PAST);
}

function pastOf(roll: Roll, keys: RollKeys, end: PastRoll["end"], now: number): PastRoll {
  const { kind, startedAt, activatedAt = null } = roll;
  return { kind, oldTag: keys.old.keyTag, newTag: keys.new.keyTag, startedAt, activatedAt, endedAt: now, end };
}

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
import { beginRoll, type Roll, type RollAct, type RollKind, rollWaitsUntil, stepRoll } from "#keyplan";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import type { Event } from "../events.ts";
import { transferredKeys } from "../image-facts.ts";
import { type KeyState, signingKeys, withState } from "../key-set.ts";
import type { Exchange } from "../parent/exchange.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Registry } from "../registry.ts";
import type { ServedVersion } from "../versions.ts";
import type { Zone } from "../zone.ts";
import { KeyAges } from "./ages.ts";
import { MAX_PAST, NO_ROLLS, type PastRoll, ROLL_KIND, type RollNote, readRollNote, rollsOf } from "./note.ts";
import { PartnerWatch } from "./partner-watch.ts";
import { partnerTtl, type RollKeys, rollKeys, type Seeing, sightOf } from "./sight.ts";
import { droppedEvent, rollEvent } from "./tell.ts";
import { TtlBook } from "./ttl-book.ts";

export type RollRefusal = "not-signed-here" | "disabled" | "already" | "none" | "too-late";

/** A wait for the parent that is over: it is asked at once, and again so often, seconds. */
const PARENT_AGAIN_SECONDS = 60;

type KeeperParts = {
  readonly registry: Registry;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly lookAtParent: (zone: Zone) => void;
  readonly exchange: Exchange;
  readonly deps: Deps;
};

/** Keeps: what is remembered of a zone is what its document says; one rollover of a kind at a time. */
export class KeyKeeper {
  readonly #parts: KeeperParts;
  readonly #deps: Deps;
  readonly #notes = new Map<string, RollNote>();
  readonly #ttls: TtlBook;
  readonly #partners: PartnerWatch;
  readonly ages: KeyAges<Zone>;

  constructor(parts: KeeperParts) {
    const { deps, exchange, registry, parentNote } = parts;
    this.#parts = parts;
    this.#deps = deps;
    this.#ttls = new TtlBook(deps);
    this.#partners = new PartnerWatch({
      deps,
      exchange,
      looked: async (zone, before, now) => {
        await this.#ttls.partnersSaid(zone, partnerTtl(before), partnerTtl(now));
        this.observe(zone);
      },
    });
    this.ages = new KeyAges({
      zones: () => registry.all(),
      note: (zoneId) => this.note(zoneId),
      parentNote,
      roll: (zone, kind) => this.#rollForAge(zone, kind),
      deps,
    });
  }

  async load(): Promise<void> {
    await this.#ttls.load();
    for (const [zoneId, document] of await this.#deps.store.documents.ofKind(ROLL_KIND)) {
      const note = readRollNote(document);
      if (note) this.#notes.set(zoneId, note);
    }
  }

  /** Everything that was restored is served. */
  begin(): void {
    for (const zoneId of this.#notes.keys()) {
      const zone = this.#parts.registry.find(zoneId);
      if (zone) this.observe(zone);
    }
    this.ages.begin();
  }

  forget(zoneId: string): void {
    this.#notes.delete(zoneId);
    this.#ttls.forget(zoneId);
    this.#partners.forget(zoneId);
  }

  /** What was seen elsewhere of the zone, and what caches may hold of before. */
  seeing(zone: Zone): Seeing {
    const { id } = zone;
    return { parent: this.#parts.parentNote(id), partners: this.#partners.note(id), past: this.#ttls.of(id) };
  }

  /** A version takes the place of another: TTLs that it lowers are remembered first. */
  replacing(
    zone: Zone,
    before: ServedVersion | undefined,
    after: ServedVersion | undefined,
  ): Promise<void> | undefined {
    return this.#ttls.replacing(zone, before, after);
  }

  /** `before`: what was known before this look. */
  async parentSaid(zone: Zone, before: ParentNote | undefined): Promise<void> {
    const now = this.#parts.parentNote(zone.id);
    if (before?.from === "parent" && now?.from === "parent") {
      await this.#ttls.parentSaid(zone, before.sayings, now.sayings);
    }
    this.observe(zone);
  }

  note(zoneId: string): RollNote {
    return this.#notes.get(zoneId) ?? NO_ROLLS;
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
    if (kind === "ksk" && !asksForDs(zone)) return fail("disabled");
    const beside = { keys: zone.keys, takenTags: this.#partnerTags(zone) };
    const made = this.#deps.vault.makeOne(zone.id, kind, beside, this.#deps.nowMs());
    const begun = { ...beginRoll(kind, { old: old.id, new: made.id }, now), emergency: how.emergency };
    const automatic = how.automatic ? [...note.automatic, made.id] : note.automatic;
    const tags = { ...note.tags, [old.id]: old.keyTag, [made.id]: made.keyTag };
    const next: RollNote = { ...note, [kind]: begun, automatic, tags };
    const news = how.automatic ? "begun-for-age" : "begun";
    const event = rollEvent(zone, begun, { old, new: made }, news, this.seeing(zone), this.#deps);
    await this.#deps.events.addWith([event], async (tables) => {
      await tables.keys.add(made);
      await tables.documents.put(zone.id, ROLL_KIND, next);
    });
    this.#notes.set(zone.id, next);
    zone.keys = [...zone.keys, made];
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
    this.#partners.consider(zone, this.note(zone.id));
    return ok(undefined);
  }

  /** Within the zone's turn. */
  async setDays(zone: Zone, days: Partial<Pick<RollNote, "zskDays" | "kskDays">>): Promise<void> {
    const now = this.#deps.now();
    const { zskDays, kskDays } = days;
    await this.#put(zone, {
      ...this.note(zone.id),
      ...(zskDays === undefined ? {} : { zskDays, zskDaysSince: now }),
      ...(kskDays === undefined ? {} : { kskDays, kskDaysSince: now }),
    });
    this.ages.consider(zone);
  }

  async #hurry(zone: Zone, going: Roll): Promise<Result<void, RollRefusal>> {
    const stepped = stepRoll(going, { kind: "hurry" }, this.#deps.now());
    const keys = rollKeys(zone, going);
    if (!stepped.ok || !keys) return fail("already");
    const { roll } = stepped.value;
    const event = rollEvent(zone, roll, keys, "hurried", this.seeing(zone), this.#deps);
    await this.#put(zone, { ...this.note(zone.id), [going.kind]: roll }, [event]);
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
      const sight = sightOf(zone, keys, this.seeing(zone), this.#deps);
      const stepped = stepRoll(roll, { kind: "sight", sight }, now);
      if (stepped.ok && (stepped.value.act || stepped.value.roll !== roll)) {
        await this.#take(zone, stepped.value.roll, stepped.value.act, keys);
      }
    }
    this.#partners.consider(zone, this.note(zone.id));
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
          tags: withoutTags(note, roll),
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
    const news = act ?? (before?.step !== roll.step ? "step" : undefined);
    const events = news ? [rollEvent(zone, roll, keys, news, this.seeing(zone), this.#deps)] : [];
    await this.#deps.events.addWith(events, async (tables) => {
      for (const [id, state] of states) await tables.keys.setState(id, state);
      if (gone) await tables.keys.remove(gone.id);
      await tables.documents.put(zone.id, ROLL_KIND, next);
    });
    this.#notes.set(zone.id, next);
    zone.keys = changedKeys(zone.keys, states, gone);
    if (act) zone.begin("resign");
    if (act === "activate" && roll.kind === "ksk") this.#parts.lookAtParent(zone);
  }

  /** The zone's keys were deleted, with DNSSEC, while they were rolled. */
  async #dropLost(zone: Zone): Promise<void> {
    const note = this.note(zone.id);
    const lost = rollsOf(note).filter((roll) => !rollKeys(zone, roll));
    if (lost.length === 0) return;
    let next = note;
    const events: Event[] = [];
    for (const roll of lost) {
      const { kind, oldKey, newKey, startedAt, activatedAt = null } = roll;
      const [oldTag, newTag] = [note.tags[oldKey], note.tags[newKey]];
      const automatic = next.automatic.filter((id) => id !== newKey);
      next = { ...next, [kind]: null, automatic, tags: withoutTags(next, roll) };
      // Begun by an older version, which did not keep the tags.
      if (oldTag === undefined || newTag === undefined) continue;
      const past = { kind, oldTag, newTag, startedAt, activatedAt, endedAt: this.#deps.now(), end: "dropped" } as const;
      next = { ...next, past: withPast(next, past) };
      events.push(droppedEvent(zone, past));
    }
    await this.#put(zone, next, events);
  }

  async #put(zone: Zone, note: RollNote, events: readonly Event[] = []): Promise<void> {
    await this.#deps.events.addWith(events, (tables) => tables.documents.put(zone.id, ROLL_KIND, note));
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

  #rollForAge(zone: Zone, kind: RollKind): void {
    void zone
      .exclusively(() => this.start(zone, kind, { emergency: false, automatic: true }))
      .catch((error: unknown) => this.#deps.log.error({ zone: zone.name, error }, "a key could not be rolled"));
  }
}

/** CDS and CDNSKEY ask for keys of ours: DNSSEC is not being switched off. */
function asksForDs({ status: { phase } }: Zone): boolean {
  return phase === "pending" || phase === "active";
}

function withoutTags({ tags }: RollNote, { oldKey, newKey }: Roll): RollNote["tags"] {
  return Object.fromEntries(Object.entries(tags).filter(([id]) => id !== oldKey && id !== newKey));
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

/**
 * Rolls keys that are old enough. Each key has a time of its own (#keyplan), to the second, so that 20,000 zones made in one hour do
 * not fall due in one.
 *
 *   every ten minutes: who falls due before the next look? ─▶ a timer each ─▶ still so? ─▶ rolled
 *                                                                               └ a KSK whose parent can't be watched: told, once
 */
import { type RollKind, rollDueAt } from "#keyplan";
import type { KeyRow } from "#store";
import type { Deps } from "../deps.ts";
import { signingKeys } from "../key-set.ts";
import type { ParentNote } from "../parent/watcher.ts";
import type { Zone } from "../zone.ts";
import type { RollNote } from "./note.ts";

const DAY = 86_400;
/** How often keys are looked at for their age. */
export const LOOK_SECONDS = 600;
/** How soon a KSK is looked at again whose parent was not asked since the start. */
const PARENT_SECONDS = 10;

/** As much of a zone as its keys' age is about. */
export type AgedZone = Pick<Zone, "id" | "name" | "mode" | "keys" | "served" | "status" | "expired" | "held" | "gone">;

type AgeParts<Aged extends AgedZone> = {
  readonly zones: () => Iterable<{ readonly zone: Aged }>;
  readonly note: (zoneId: string) => RollNote;
  readonly parentNote: (zoneId: string) => ParentNote | undefined;
  readonly roll: (zone: Aged, kind: RollKind) => void;
  readonly deps: Pick<Deps, "settings" | "now" | "scheduler" | "events">;
};

/** Keeps: what is begun here was due at that very second. */
export class KeyAges<Aged extends AgedZone> {
  readonly #parts: AgeParts<Aged>;
  /** Ids of keys that are too old and can't be rolled by themselves, as was told. */
  readonly #told = new Set<string>();
  #begunAt = 0;

  constructor(parts: AgeParts<Aged>) {
    this.#parts = parts;
  }

  begin(): void {
    this.#begunAt = this.#parts.deps.now();
    this.#look();
  }

  /** Days; undefined: by order alone. With partners that have to take part, only where the zone says so. */
  days(zone: AgedZone, kind: RollKind): number | undefined {
    const { zskDays, kskDays } = this.#parts.note(zone.id);
    const own = kind === "zsk" ? zskDays : kskDays;
    if (own !== "default") return own ?? undefined;
    const { zskLifetimeDays, kskLifetimeDays } = this.#parts.deps.settings();
    const days = kind === "zsk" ? zskLifetimeDays : kskLifetimeDays;
    return days === 0 || zone.mode === "multisigner" ? undefined : days;
  }

  /** Unix seconds: when the key is rolled for its age. */
  dueAt(zone: AgedZone, kind: RollKind): number | undefined {
    const days = this.days(zone, kind);
    if (days === undefined || !zone.served?.signing) return undefined;
    const note = this.#parts.note(zone.id);
    const key = keyOf(zone, kind);
    if (!key || note[kind]) return undefined;
    const knownSince = Math.max(this.#begunAt, kind === "zsk" ? note.zskDaysSince : note.kskDaysSince);
    const fraction = Number.parseInt(key.id.slice(0, 8), 16) / 2 ** 32;
    return rollDueAt({ madeAt: Math.floor(key.createdAt / 1000), lifetimeSeconds: days * DAY, fraction, knownSince });
  }

  /** Sets the zone's timers, where it falls due before the next look. */
  consider(zone: Aged): void {
    const { deps } = this.#parts;
    const now = deps.now();
    for (const kind of ["zsk", "ksk"] as const) {
      const due = this.dueAt(zone, kind);
      if (due === undefined || due >= now + LOOK_SECONDS) continue;
      deps.scheduler.set(`${zone.id}/age-${kind}`, Math.max(due, now), () => this.#roll(zone, kind));
    }
  }

  #look(): void {
    const { deps, zones } = this.#parts;
    for (const { zone } of zones()) this.consider(zone);
    deps.scheduler.set("key-ages", deps.now() + LOOK_SECONDS, () => this.#look());
  }

  #roll(zone: Aged, kind: RollKind): void {
    const { deps, roll } = this.#parts;
    const due = this.dueAt(zone, kind);
    // Another setting, another key, or nothing that could be signed now: whoever looks next finds it again.
    if (due === undefined || Math.floor(due) > deps.now() || zone.gone || zone.expired || zone.held) return;
    if (kind === "zsk" || this.#mayBegin(zone)) roll(zone, kind);
  }

  /** A KSK's rollover ends by what the parent's own nameservers say: without them it would wait for good. */
  #mayBegin(zone: Aged): boolean {
    // No DS of ours, or none that is to stay: nothing hangs on the key.
    if (zone.status.phase !== "active") return false;
    const note = this.#parts.parentNote(zone.id);
    if (note?.from === "parent" && note.sayings.length > 0) return true;
    if (note) this.#tell(zone, note);
    else this.#again(zone);
    return false;
  }

  /** Not asked since the start: it is about to be. */
  #again(zone: Aged): void {
    const { deps } = this.#parts;
    deps.scheduler.set(`${zone.id}/age-ksk`, deps.now() + PARENT_SECONDS, () => this.#roll(zone, "ksk"));
  }

  #tell(zone: Aged, note: ParentNote): void {
    const key = keyOf(zone, "ksk");
    if (!key || this.#told.has(key.id)) return;
    this.#told.add(key.id);
    const days = this.days(zone, "ksk");
    const why = note.fault ? ` (${note.fault.text})` : "";
    this.#parts.deps.events.add({
      zoneId: zone.id,
      zone: zone.name,
      level: "warning",
      code: "key.ksk-due",
      message: `${zone.name}: KSK ${key.keyTag} is to be rolled after ${days} days, and is not, because none of the parent's nameservers can be asked${why}: its rollover ends when they have the new DS. Make them reachable from here, or roll it by order ("countersign key roll ${zone.name} ksk")`,
      detail: { kind: "ksk", key_tag: key.keyTag, days },
    });
  }
}

function keyOf({ keys }: AgedZone, kind: RollKind): KeyRow | undefined {
  const signing = signingKeys(keys);
  return kind === "zsk" ? signing?.zsk : signing?.ksks.find(({ state }) => state === "active");
}

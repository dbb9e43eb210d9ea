/** Rollovers by order: begun, cancelled, shown, and when they begin by themselves. */
import { type Outcome, printTime, type Rollover, type RolloverService, type Rollovers } from "#contract";
import { mayCancel, type Roll, type RollKind, rollWaitsUntil, type Seen } from "#keyplan";
import type { Deps } from "../deps.ts";
import type { Registry } from "../registry.ts";
import type { KeyKeeper, RollRefusal } from "../rolling/keeper.ts";
import { rollsOf } from "../rolling/note.ts";
import { parentSight, type RollKeys, rollKeys, type Seeing } from "../rolling/sight.ts";
import { KSK_STEPS, SHARED_ZSK_STEPS, STEP_TITLES, waitSentence, ZSK_STEPS } from "../rolling/texts.ts";
import { shownPartners, waitingOn } from "../rolling/waiting.ts";
import type { Zone } from "../zone.ts";
import { withZone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

/** Usually the new key is served within milliseconds: whoever asks right after the answer should see it. */
const WAIT_FOR_EDGE_MS = 1500;

type RolloverParts = {
  readonly registry: Registry;
  readonly keys: KeyKeeper;
  readonly deps: Deps;
};

export function makeRolloverService(parts: RolloverParts): RolloverService {
  const { registry, keys } = parts;
  const within = (zoneId: string, work: (zone: Zone) => Promise<Outcome<undefined>>): Promise<Outcome<Rollovers>> =>
    withZone(registry, zoneId, async (zone) => {
      const outcome = await zone.exclusively(() => work(zone));
      if (!outcome.ok) return outcome;
      await zone.rest(WAIT_FOR_EDGE_MS);
      return done(shownRollovers(zone, parts));
    });
  return {
    getRollovers: (zoneId) => withZone(registry, zoneId, (zone) => done(shownRollovers(zone, parts))),
    startRollover: (zoneId, { kind, emergency }) =>
      within(zoneId, async (zone) => {
        const started = await keys.start(zone, kind, { emergency, automatic: false });
        return started.ok ? done(undefined) : refusedRoll(started.error, zone, kind);
      }),
    cancelRollover: (zoneId, { kind }) =>
      within(zoneId, async (zone) => {
        const cancelled = await keys.cancel(zone, kind);
        return cancelled.ok ? done(undefined) : refusedRoll(cancelled.error, zone, kind);
      }),
    editRollovers: (zoneId, { zsk_days, ksk_days }) =>
      within(zoneId, async (zone) => {
        await keys.setDays(zone, {
          ...(zsk_days === undefined ? {} : { zskDays: zsk_days }),
          ...(ksk_days === undefined ? {} : { kskDays: ksk_days }),
        });
        return done(undefined);
      }),
  };
}

function refusedRoll(refusal: RollRefusal, zone: Zone, kind: RollKind): Outcome<undefined> {
  const key = kind.toUpperCase();
  switch (refusal) {
    case "not-signed-here":
      return refused("rollover.not-signed-here", zone.name);
    case "disabled":
      return refused("rollover.disabled", zone.name);
    case "already":
      return refused("rollover.already", key);
    case "none":
      return refused("rollover.none", key);
    case "too-late":
      return refused("rollover.too-late", key);
  }
}

function shownRollovers(zone: Zone, parts: RolloverParts): Rollovers {
  const { keys } = parts;
  const note = keys.note(zone.id);
  const rolls = rollsOf(note).flatMap((roll) => {
    const pair = rollKeys(zone, roll);
    return pair ? [shownRoll(zone, roll, pair, note.automatic.includes(roll.newKey), parts)] : [];
  });
  return {
    zone_id: zone.id,
    name: zone.name,
    possible: zone.served?.signing !== undefined && (zone.mode === "live" || zone.mode === "multisigner"),
    zsk_days: note.zskDays,
    zsk_days_effective: keys.ages.days(zone, "zsk") ?? null,
    next_zsk_time: timeOf(keys.ages.dueAt(zone, "zsk")),
    ksk_days: note.kskDays,
    ksk_days_effective: keys.ages.days(zone, "ksk") ?? null,
    next_ksk_time: timeOf(keys.ages.dueAt(zone, "ksk")),
    rollovers: rolls,
    past: note.past.map(({ kind, oldTag, newTag, startedAt, activatedAt, endedAt, end }) => ({
      kind,
      old_key_tag: oldTag,
      new_key_tag: newTag,
      started_time: printTime(startedAt * 1000),
      activated_time: timeOf(activatedAt ?? undefined),
      ended_time: printTime(endedAt * 1000),
      end,
    })),
  };
}

function shownRoll(zone: Zone, roll: Roll, keys: RollKeys, automatic: boolean, parts: RolloverParts): Rollover {
  const { deps } = parts;
  const seeing = parts.keys.seeing(zone);
  const on = waitingOn(zone, keys, seeing, deps);
  const { ds } = on;
  const partners = shownPartners(zone, keys, seeing, deps);
  const isKsk = roll.kind === "ksk";
  return {
    kind: roll.kind,
    old_key_tag: keys.old.keyTag,
    new_key_tag: keys.new.keyTag,
    step: roll.step,
    started_time: printTime(roll.startedAt * 1000),
    step_time: printTime(roll.since * 1000),
    activated_time: timeOf(roll.activatedAt),
    until_time: timeOf(rollWaitsUntil(roll)),
    wait_seconds: roll.waitSeconds === 0 ? null : roll.waitSeconds,
    emergency: roll.emergency,
    automatic,
    cancellable: mayCancel(roll),
    why: waitSentence(roll, keys, on),
    ds: isKsk ? ds : null,
    ds_at_parent: isKsk ? (seenAtParent(zone, keys, seeing, deps) ?? null) : null,
    ...(partners ? { partners } : {}),
    steps: shownSteps(zone, roll),
  };
}

function shownSteps(zone: Zone, roll: Roll): Rollover["steps"] {
  const zskSteps = zone.mode === "multisigner" || roll.step === "partners" ? SHARED_ZSK_STEPS : ZSK_STEPS;
  const codes = roll.kind === "ksk" ? KSK_STEPS : zskSteps;
  const at = codes.indexOf(roll.step);
  return codes.map((code, i) => ({
    code,
    state: i < at ? "done" : i === at ? "now" : "later",
    title: STEP_TITLES[code],
  }));
}

function seenAtParent(zone: Zone, keys: RollKeys, { parent, past }: Seeing, deps: Deps): Seen {
  const sight = parent && parentSight(zone, keys, parent, past, deps);
  return sight === undefined || sight.newDs === "some" ? undefined : sight.newDs === "all";
}

function timeOf(seconds: number | undefined): string | null {
  return seconds === undefined ? null : printTime(seconds * 1000);
}

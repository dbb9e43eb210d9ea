/** Held versions looked at, released and dropped; transfers frozen and thawed. */
import { type FreezeState, type HeldService, type HeldVersion, type Outcome, printTime } from "#contract";
import { expiresAt } from "#transfer";
import type { Deps } from "../deps.ts";
import { imageAt } from "../image-at.ts";
import type { FrozenNote } from "../peer-notes.ts";
import type { Registry, Unit } from "../registry.ts";
import type { Held } from "../work.ts";
import type { Zone } from "../zone.ts";
import { withUnit, withZone, withZoneAlone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

/** How long the answer to a release waits for its round. */
const RELEASE_WAIT_MS = 10_000;
/** A round that is just ending is waited for. */
const REST_WAIT_MS = 2000;

export function makeHeldService(registry: Registry, notesWritten: () => Promise<void>, deps: Deps): HeldService {
  const freeze = (zoneId: string, frozen: boolean): Promise<Outcome<FreezeState>> =>
    withUnit(registry, zoneId, (unit) => unit.zone.exclusively(() => setFrozen(unit, frozen, deps)));
  return {
    getHeld: (zoneId, limit) =>
      withZone(registry, zoneId, async (zone) =>
        zone.held ? done(await showHeld(zone, zone.held, limit, deps)) : refused("held.nothing", zone.name),
      ),
    releaseHeld: (zoneId, force) => withZoneAlone(registry, zoneId, (zone) => release(zone, force, deps)),
    dropHeld: (zoneId) =>
      withUnit(registry, zoneId, (unit) => unit.zone.exclusively(() => drop(unit, notesWritten, deps))),
    freezeZone: (zoneId) => freeze(zoneId, true),
    thawZone: (zoneId) => freeze(zoneId, false),
  };
}

type Release = Pick<HeldVersion, "release" | "advice">;

/** By the step that failed: what came before was passed, what comes after is done again. */
function releaseOf(zone: Zone, held: Held): Release {
  if (held.code === "outgoing.serial-behind") {
    const advice = `released, it is served, and secondaries keep what they have until the primary's serial has passed theirs, or until each is told to transfer the whole zone (knotc zone-retransfer, nsd-control force_transfer, rndc retransfer, pdns_control retrieve)`;
    return { release: "force", advice };
  }
  if (!zone.heldImage) {
    return { release: "no", advice: `nothing servable could be made of it: ${held.text}. Mend it at the primary` };
  }
  switch (held.step) {
    case "approving":
      return { release: "yes", advice: "it is sound, and is served when it is released" };
    case "validating":
      if (held.code.startsWith("zonemd.")) {
        const advice = `released, it is served although its own digest speaks against it (${held.text}): what came may not be what the primary published. Dropping it, or fetching it again, is better`;
        return { release: "force", advice };
      }
      return {
        release: "force",
        advice: `released, it is served with the signatures that it has: resolvers that validate answer SERVFAIL where they are bad (${held.text}). Signing it anew at the primary, or dropping it, is better`,
      };
    case "checking":
      return { release: "no", advice: "answers from it would break rules of DNS; mend it at the primary, or drop it" };
    case "compiling":
      return {
        release: "no",
        advice: "it does not fit the zone's DNSSEC mode; change the mode, or mend it at the primary",
      };
    default:
      return { release: "no", advice: "the fault is on this side; force a transfer when it is mended" };
  }
}

async function showHeld(zone: Zone, held: Held, limit: number, deps: Deps): Promise<HeldVersion> {
  const image = zone.heldImage;
  const served = zone.served?.from.image;
  const change =
    image &&
    (await deps.jobs.run<"diff">({ kind: "diff", ...imageAt(image), before: served && imageAt(served), limit }));
  return {
    zone_id: zone.id,
    serial: held.serial ?? null,
    code: held.code,
    reason: held.text,
    step: held.step,
    since: printTime(held.since * 1000),
    served_serial: zone.served?.image.serial ?? null,
    ...releaseOf(zone, held),
    failing: failingOf(held),
    changes: change
      ? {
          records: image.recordCount,
          served_records: served?.recordCount ?? 0,
          added: change.added,
          removed: change.removed,
          changed: change.changed,
          signatures: change.signatures,
          listed: change.listed.map(({ before, after, ...rest }) => ({
            ...rest,
            before: [...before],
            after: [...after],
          })),
        }
      : null,
  };
}

/** Findings of the validation travel in the detail of the hold. */
function failingOf(held: Held): HeldVersion["failing"] {
  const findings = held.detail?.["findings"];
  if (!Array.isArray(findings)) return [];
  return findings.flatMap((finding: Readonly<Record<string, unknown>>) => {
    const { owner, type, code, text, severity } = finding;
    if (severity !== "error" || typeof owner !== "string") return [];
    return [{ owner, type: typeof type === "string" ? type : null, code: `dnssec.${code}`, message: String(text) }];
  });
}

async function release(zone: Zone, force: boolean, deps: Deps): ReturnType<HeldService["releaseHeld"]> {
  const { held, name } = zone;
  const serial = held?.serial;
  if (!held || serial === undefined) return refused("held.nothing", name);
  await zone.rest(REST_WAIT_MS);
  if (zone.doing || zone.held !== held) return refused("held.busy", name);
  const { release: word, advice } = releaseOf(zone, held);
  if (word === "no") return refused("held.not-releasable", `${advice}.`);
  if (word === "force" && !force) return refused("held.needs-force", `${advice}.`, "/force");
  const message = `${name}: serial ${serial}, held as ${held.code} (${held.text}), is released by the operator`;
  const detail = { serial, reason: held.code, force };
  deps.events.add({ zoneId: zone.id, zone: name, level: "warning", code: "held.released", message, detail });
  await zone.release(RELEASE_WAIT_MS);
  if (zone.held) return refused("held.again", `${zone.held.text}.`);
  return done({ serial, served: zone.doing === undefined, warning: word === "force" ? `${advice}.` : null });
}

async function drop(unit: Unit, notesWritten: () => Promise<void>, deps: Deps): ReturnType<HeldService["dropHeld"]> {
  const { zone, refresher } = unit;
  const { held, name } = zone;
  if (!held) return refused("held.nothing", name);
  await zone.rest(REST_WAIT_MS);
  if (zone.doing || zone.held !== held) return refused("held.busy", name);
  await zone.dropHeld();
  if (held.serial !== undefined) refresher.dropped(held.serial);
  await notesWritten();
  const what = held.serial === undefined ? "the held version" : `the held serial ${held.serial}`;
  const message = `${name}: ${what} is dropped by the operator; it is not fetched again unless a transfer is forced`;
  const detail = { serial: held.serial, reason: held.code };
  deps.events.add({ zoneId: zone.id, zone: name, level: "warning", code: "held.dropped", message, detail });
  return done({ id: zone.id });
}

async function setFrozen(unit: Unit, frozen: boolean, deps: Deps): Promise<Outcome<FreezeState>> {
  const { zone, refresher } = unit;
  const { id: zoneId, name } = zone;
  const state = () => {
    const at = expiresAt(refresher.state);
    return done({
      zone_id: zoneId,
      frozen_time: zone.frozenAt === undefined ? null : printTime(zone.frozenAt),
      expire_time: at === undefined ? null : printTime(at * 1000),
    });
  };
  if (frozen === (zone.frozenAt !== undefined)) return state();
  if (frozen) {
    const note: FrozenNote = { version: 1, at: deps.nowMs() };
    await deps.store.documents.put(zoneId, "frozen", note);
    zone.frozenAt = note.at;
  } else {
    await deps.store.documents.remove(zoneId, "frozen");
    zone.frozenAt = undefined;
  }
  refresher.freezeChanged();
  const shown = state();
  const until =
    shown.ok && shown.value.expire_time ? `; it expires at ${shown.value.expire_time} unless it is thawed` : "";
  const message = frozen ? `${name}: transfers are frozen${until}` : `${name}: transfers go on`;
  const code = frozen ? "zone.frozen" : "zone.thawed";
  deps.events.add({ zoneId, zone: name, level: frozen ? "warning" : "info", code, message });
  return shown;
}

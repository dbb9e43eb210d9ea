/** Countersign's own settings of a zone. */
import type { SettingsService, ZoneSettings, ZoneSettingsEdit } from "#contract";
import type { Deps } from "../deps.ts";
import type { ZoneLimitsNote } from "../limits-note.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { applyPlan } from "./dnssec.ts";
import { withZone, withZoneAlone } from "./named-zone.ts";
import { done } from "./outcome.ts";

export function makeSettingsService(
  registry: Registry,
  deps: Deps,
): Pick<SettingsService, "getZoneSettings" | "editZoneSettings"> {
  /** What rules its refresh timers, and what it answers once expired: both take effect at once. */
  const editTimers = async (zoneId: string, edit: ZoneSettingsEdit): Promise<void> => {
    const unit = registry.findUnit(zoneId);
    if (!unit) return;
    const { zone, refresher } = unit;
    const { timers = zone.row.timers, expired = zone.row.expired } = edit;
    if (timers === zone.row.timers && expired === zone.row.expired) return;
    const retimed = timers !== zone.row.timers;
    const change = { timers, expired, modifiedAt: deps.now() * 1000 };
    await deps.store.zones.update(zoneId, change);
    zone.row = { ...zone.row, ...change };
    if (retimed) refresher.retimed();
    if (zone.expired && zone.served) void zone.publish();
  };
  return {
    getZoneSettings: (zoneId) => withZone(registry, zoneId, (zone) => done(ownSettings(zone))),
    editZoneSettings: (zoneId, edit) =>
      withZoneAlone(registry, zoneId, async (zone) => {
        const { denial, zonemd = zone.row.zonemd, signature_check: signatureCheck = zone.row.signatureCheck } = edit;
        if (denial !== undefined && denial !== zone.flags.nsecDenial) {
          const flags = { ...zone.flags, nsecDenial: denial };
          await applyPlan(zone, { status: zone.status, flags, makeKeys: false }, registry, deps);
        }
        if (zonemd !== zone.row.zonemd || signatureCheck !== zone.row.signatureCheck) {
          const change = { zonemd, signatureCheck, modifiedAt: deps.now() * 1000 };
          await deps.store.zones.update(zoneId, change);
          zone.row = { ...zone.row, ...change };
          // What is stored is looked at anew: a version that was held by the old setting may go out by the new one.
          zone.begin("rework");
        }
        const limits = edited(zone.limits, edit);
        if (limits !== zone.limits) {
          await deps.store.documents.put(zoneId, "limits", limits);
          zone.limits = limits;
        }
        await editTimers(zoneId, edit);
        return done(ownSettings(zone));
      }),
  };
}

function ownSettings({ row, flags, limits }: Zone): ZoneSettings {
  return {
    denial: flags.nsecDenial,
    zonemd: row.zonemd,
    signature_check: row.signatureCheck,
    timers: row.timers,
    expired: row.expired,
    max_records: limits.records ?? null,
    max_octets: limits.octets ?? null,
    max_transfer_seconds: limits.transferSeconds ?? null,
    hold_record_loss_percent: limits.lossPercent ?? null,
  };
}

/** An absent field stays as it is, null takes the zone's own limit away. The same object when nothing changes. */
function edited(limits: ZoneLimitsNote, edit: ZoneSettingsEdit): ZoneLimitsNote {
  const fields = {
    records: edit.max_records,
    octets: edit.max_octets,
    transferSeconds: edit.max_transfer_seconds,
    lossPercent: edit.hold_record_loss_percent,
  };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined);
  if (given.length === 0) return limits;
  const next = { ...limits, ...Object.fromEntries(given) };
  return Object.fromEntries(Object.entries(next).filter(([, value]) => value !== null)) as ZoneLimitsNote;
}

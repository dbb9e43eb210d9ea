/** DNS settings of a zone: the provider's, which mostly repeat the primary, and Countersign's own choice of denial. */
import type { DnsSettings, DnsSettingsEdit, SettingsService, ZoneSettings, ZoneSettingsEdit } from "#contract";
import { checkFlags } from "#keyplan";
import { printName } from "#name";
import { RRType } from "#rdata";
import type { Deps } from "../deps.ts";
import { apexSoa } from "../image-facts.ts";
import type { ZoneLimitsNote } from "../limits-note.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { applyPlan } from "./dnssec.ts";
import { done, refused } from "./outcome.ts";

export function makeSettingsService(registry: Registry, deps: Deps): SettingsService {
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
    async getDnsSettings(zoneId) {
      const zone = registry.find(zoneId);
      return zone ? done(shownSettings(zone)) : refused("zone.not-found", zoneId);
    },
    async editDnsSettings(zoneId, edit) {
      const zone = registry.find(zoneId);
      if (!zone) return refused("zone.not-found", zoneId);
      return zone.exclusively(async () => {
        const other = changedField(shownSettings(zone), edit);
        if (other !== undefined) return refused("settings.not-offered", other, `/${other}`);
        const { secondary_overrides: secondaryOverrides } = edit;
        if (secondaryOverrides === undefined) return done(shownSettings(zone));
        if (!checkFlags(zone.flags, secondaryOverrides).ok) {
          return refused("dnssec.presigned-with-overrides", undefined, "/secondary_overrides");
        }
        const change = { secondaryOverrides, modifiedAt: deps.now() * 1000 };
        await deps.store.zones.update(zoneId, change);
        zone.row = { ...zone.row, ...change };
        return done(shownSettings(zone));
      });
    },
    async getZoneSettings(zoneId) {
      const zone = registry.find(zoneId);
      return zone ? done(ownSettings(zone)) : refused("zone.not-found", zoneId);
    },
    async editZoneSettings(zoneId, edit) {
      const zone = registry.find(zoneId);
      if (!zone) return refused("zone.not-found", zoneId);
      return zone.exclusively(async () => {
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
      });
    },
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

/** The first field that would change and can't; a field that repeats the value in force is accepted. */
function changedField(now: DnsSettings, edit: DnsSettingsEdit): string | undefined {
  for (const [field, value] of Object.entries(edit)) {
    if (field === "secondary_overrides" || value === undefined) continue;
    if (!repeats(now[field as keyof DnsSettings], value)) return field;
  }
  return undefined;
}

/** Objects may repeat some of their fields only. */
function repeats(now: unknown, value: unknown): boolean {
  if (typeof now !== "object" || now === null || typeof value !== "object" || value === null) return now === value;
  return Object.entries(value).every(([key, inner]) => repeats((now as Record<string, unknown>)[key], inner));
}

/** The provider's defaults stand where the primary has not spoken yet. */
function shownSettings(zone: Zone): DnsSettings {
  const image = zone.stored?.image;
  const soa = image && apexSoa(image);
  const ttlOf = (type: number, fallback: number) => {
    const ref = image?.findRRset(image.apexNode, type) ?? 0;
    return image && ref !== 0 ? image.rrsetTtl(ref) : fallback;
  };
  const shown = (name: Uint8Array) => printName(name).replace(/\.$/, "");
  return {
    flatten_all_cnames: false,
    foundation_dns: false,
    internal_dns: {},
    multi_provider: true,
    nameservers: { type: "cloudflare.standard" },
    ns_ttl: ttlOf(RRType.NS, 86_400),
    secondary_overrides: zone.row.secondaryOverrides,
    soa: {
      mname: soa ? shown(soa.mname) : null,
      rname: soa ? shown(soa.rname) : "",
      refresh: soa?.refresh ?? 10_000,
      retry: soa?.retry ?? 2400,
      expire: soa?.expire ?? 604_800,
      min_ttl: soa?.minimum ?? 1800,
      ttl: ttlOf(RRType.SOA, 3600),
    },
    zone_mode: "dns_only",
  };
}

/**
 * DNS settings in the provider's form, of a zone and of the account. On a secondary zone they mostly repeat the primary: what
 * repeats the value in force is accepted, everything else is refused with the reason, nothing is accepted and forgotten.
 */
import {
  type AccountDnsSettings,
  DNS_SETTING_RANGES,
  type DnsSettings,
  type DnsSettingsEdit,
  type ErrorCode,
  type SettingsService,
} from "#contract";
import { printName } from "#name";
import { RRType } from "#rdata";
import type { Deps } from "../deps.ts";
import { apexSoa } from "../image-facts.ts";
import type { Registry } from "../registry.ts";
import type { Zone } from "../zone.ts";
import { withZone, withZoneAlone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";

type Calls = Pick<
  SettingsService,
  "getDnsSettings" | "editDnsSettings" | "getAccountDnsSettings" | "editAccountDnsSettings"
>;

const ENFORCE = "dns-settings-enforce-dns-only";

export function makeDnsSettingsService(registry: Registry, deps: Deps): Calls {
  const { store } = deps;
  const ofAccount = async (): Promise<AccountDnsSettings> => ({
    zone_defaults: DEFAULTS,
    enforce_dns_only: (await store.settings.find(ENFORCE)) === true,
  });
  return {
    getDnsSettings: (zoneId) => withZone(registry, zoneId, (zone) => done(shownSettings(zone))),
    editDnsSettings: (zoneId, edit) =>
      withZoneAlone(registry, zoneId, async (zone) => {
        const refusal = judgeEdit(shownSettings(zone), edit, "", "settings.not-offered");
        if (refusal) return refusal;
        // A row of an earlier version may say so; nothing else can.
        if (edit.secondary_overrides === false && zone.row.secondaryOverrides) {
          const change = { secondaryOverrides: false, modifiedAt: deps.now() * 1000 };
          await store.zones.update(zoneId, change);
          zone.row = { ...zone.row, ...change };
        }
        return done(shownSettings(zone));
      }),
    async getAccountDnsSettings(accountId) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      return done(await ofAccount());
    },
    async editAccountDnsSettings(accountId, edit) {
      if (!(await store.accounts.find(accountId))) return refused("account.not-found", accountId);
      const refusal = judgeEdit(DEFAULTS, edit.zone_defaults ?? {}, "/zone_defaults", "settings.primary-zones-only");
      if (refusal) return refusal;
      if (edit.enforce_dns_only !== undefined) await store.settings.put(ENFORCE, edit.enforce_dns_only);
      return done(await ofAccount());
    },
  };
}

type Refusal = ReturnType<typeof refused>;

/** The first field that would change and can't. */
function judgeEdit(now: DnsSettings, edit: DnsSettingsEdit, root: string, fromPrimary: ErrorCode): Refusal | undefined {
  for (const [pointer, value, inForce] of leavesOf(edit, now)) {
    if (value === inForce || value === undefined) continue;
    const whole = root + pointer;
    const range = DNS_SETTING_RANGES[pointer as keyof typeof DNS_SETTING_RANGES];
    if (range && ((value as number) < range[0] || (value as number) > range[1])) {
      return refused("request.invalid", `${whole.slice(1)}: has to be ${range[0]} to ${range[1]}`, whole);
    }
    if (pointer === "/secondary_overrides") {
      if (value === true) return refused("override.not-offered", "secondary_overrides", whole);
      continue;
    }
    return refused(codeOf(pointer) ?? fromPrimary, whole.slice(1), whole);
  }
  return undefined;
}

function codeOf(pointer: string): ErrorCode | undefined {
  if (pointer.startsWith("/nameservers") || pointer === "/foundation_dns") return "settings.nameservers-fixed";
  if (pointer.startsWith("/internal_dns")) return "settings.internal-dns";
  return pointer === "/flatten_all_cnames" || pointer === "/zone_mode" ? "settings.fixed" : undefined;
}

/** Pointer, wanted value, value in force: of each plain value in the edit. */
function* leavesOf(edit: object, now: object, root = ""): Generator<readonly [string, unknown, unknown]> {
  for (const [key, value] of Object.entries(edit)) {
    const inForce = (now as Record<string, unknown>)[key];
    if (typeof value === "object" && value !== null) yield* leavesOf(value, inForce ?? {}, `${root}/${key}`);
    else yield [`${root}/${key}`, value, inForce];
  }
}

/** What a zone shows before its first transfer; the provider's own defaults. */
const DEFAULTS: DnsSettings = {
  flatten_all_cnames: false,
  foundation_dns: false,
  internal_dns: {},
  multi_provider: true,
  nameservers: { type: "cloudflare.standard" },
  ns_ttl: 86_400,
  secondary_overrides: false,
  soa: { mname: null, rname: "", refresh: 10_000, retry: 2400, expire: 604_800, min_ttl: 1800, ttl: 3600 },
  zone_mode: "dns_only",
};

function shownSettings(zone: Zone): DnsSettings {
  const image = zone.stored?.image;
  const soa = image && apexSoa(image);
  const ttlOf = (type: number, fallback: number) => {
    const ref = image?.findRRset(image.apexNode, type) ?? 0;
    return image && ref !== 0 ? image.rrsetTtl(ref) : fallback;
  };
  const shown = (name: Uint8Array) => printName(name).replace(/\.$/, "");
  const { soa: fallback } = DEFAULTS;
  return {
    ...DEFAULTS,
    ns_ttl: ttlOf(RRType.NS, DEFAULTS.ns_ttl),
    secondary_overrides: zone.row.secondaryOverrides,
    soa: {
      mname: soa ? shown(soa.mname) : fallback.mname,
      rname: soa ? shown(soa.rname) : fallback.rname,
      refresh: soa?.refresh ?? fallback.refresh,
      retry: soa?.retry ?? fallback.retry,
      expire: soa?.expire ?? fallback.expire,
      min_ttl: soa?.minimum ?? fallback.min_ttl,
      ttl: ttlOf(RRType.SOA, fallback.ttl),
    },
  };
}

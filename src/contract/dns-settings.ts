/** DNS settings of a zone and of an account in the provider's form. */
import { z } from "zod";

export const NAMESERVER_TYPES = [
  "cloudflare.standard",
  "cloudflare.standard.random",
  "cloudflare.advanced",
  "custom.account",
  "custom.tenant",
  "custom.zone",
  "custom",
] as const;
export const ZONE_MODES = ["standard", "cdn_only", "dns_only"] as const;

const Soa = z.object({
  mname: z.string().nullable(),
  rname: z.string(),
  refresh: z.number(),
  retry: z.number(),
  expire: z.number(),
  min_ttl: z.number(),
  ttl: z.number(),
});

export const DnsSettings = z
  .object({
    flatten_all_cnames: z.boolean(),
    /** Old name of `nameservers.type` being `cloudflare.advanced`. */
    foundation_dns: z.boolean(),
    internal_dns: z.object({ reference_zone_id: z.string().optional() }),
    multi_provider: z.boolean(),
    nameservers: z.object({ type: z.literal("cloudflare.standard") }),
    ns_ttl: z.number(),
    secondary_overrides: z.boolean(),
    soa: Soa,
    zone_mode: z.enum(ZONE_MODES),
  })
  .meta({ id: "DnsSettings" });
export type DnsSettings = z.infer<typeof DnsSettings>;

/**
 * A field that repeats the value in force is accepted, whatever the primary made it (tools write back what they read); another
 * value is refused, with the range where it is out of that.
 */
export const DnsSettingsEdit = z
  .object({
    flatten_all_cnames: z.boolean(),
    foundation_dns: z.boolean(),
    internal_dns: z.object({ reference_zone_id: z.string().max(64).optional() }),
    multi_provider: z.boolean(),
    nameservers: z.object({
      type: z.enum(NAMESERVER_TYPES).optional(),
      ns_set: z.number().int().min(1).max(5).optional(),
      nameserver_set_id: z.string().max(64).optional(),
    }),
    ns_ttl: z.number().int(),
    secondary_overrides: z.boolean(),
    soa: z
      .object({
        mname: z.string().max(255).nullable(),
        rname: z.string().max(255),
        refresh: z.number().int(),
        retry: z.number().int(),
        expire: z.number().int(),
        min_ttl: z.number().int(),
        ttl: z.number().int(),
      })
      .partial(),
    zone_mode: z.enum(ZONE_MODES),
  })
  .partial();
export type DnsSettingsEdit = z.infer<typeof DnsSettingsEdit>;

/** The provider's ranges, by pointer. */
export const DNS_SETTING_RANGES = {
  "/ns_ttl": [30, 86_400],
  "/soa/refresh": [600, 86_400],
  "/soa/retry": [600, 86_400],
  "/soa/expire": [86_400, 2_419_200],
  "/soa/min_ttl": [60, 86_400],
  "/soa/ttl": [300, 86_400],
} as const;

export const AccountDnsSettings = z
  .object({
    /** What a new zone begins with. */
    zone_defaults: DnsSettings,
    /** Every record is served as the primary has it, whether this is set or not. */
    enforce_dns_only: z.boolean(),
  })
  .meta({ id: "AccountDnsSettings" });
export type AccountDnsSettings = z.infer<typeof AccountDnsSettings>;

export const AccountDnsSettingsEdit = z
  .object({ zone_defaults: DnsSettingsEdit, enforce_dns_only: z.boolean() })
  .partial();
export type AccountDnsSettingsEdit = z.infer<typeof AccountDnsSettingsEdit>;

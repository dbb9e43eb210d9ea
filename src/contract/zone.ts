/** Zones as the provider's API shows them, and the bare facts that the service keeps of them. */
import { z } from "zod";
import { Id, NAME_MAX, PageQuery } from "./common.ts";
import { Time } from "./time.ts";

export const ZONE_STATUSES = ["initializing", "pending", "active", "moved"] as const;
export const ZONE_TYPES = ["full", "partial", "secondary", "internal"] as const;

/** What the service knows; the API dresses it as `Zone`. Names without the final dot, lower case. */
export type ZoneFacts = {
  readonly id: string;
  readonly name: string;
  readonly account: { readonly id: string; readonly name: string };
  /** `pending` until the parent delegates to one of our nameservers, then `active`; `moved` when it no longer does. */
  readonly status: (typeof ZONE_STATUSES)[number];
  readonly paused: boolean;
  readonly nameServers: readonly string[];
  /** The apex NS names that the primary sent, null before the first transfer. */
  readonly originalNameServers: readonly string[] | null;
  readonly createdOn: string;
  readonly modifiedOn: string;
  readonly activatedOn: string | null;
};

export const Zone = z
  .object({
    id: Id,
    name: z.string(),
    status: z.enum(ZONE_STATUSES),
    paused: z.boolean(),
    type: z.enum(ZONE_TYPES),
    development_mode: z.number(),
    name_servers: z.array(z.string()),
    original_name_servers: z.array(z.string()).nullable(),
    original_registrar: z.string().nullable(),
    original_dnshost: z.string().nullable(),
    created_on: Time,
    modified_on: Time,
    activated_on: Time.nullable(),
    vanity_name_servers: z.array(z.string()),
    meta: z.object({
      step: z.number(),
      custom_certificate_quota: z.number(),
      page_rule_quota: z.number(),
      phishing_detected: z.boolean(),
      cdn_only: z.boolean(),
      dns_only: z.boolean(),
      foundation_dns: z.boolean(),
    }),
    owner: z.object({ id: z.string().nullable(), type: z.string(), email: z.string().nullable() }),
    account: z.object({ id: Id, name: z.string() }),
    tenant: z.object({ id: z.string().nullable(), name: z.string().nullable() }),
    tenant_unit: z.object({ id: z.string().nullable() }),
    permissions: z.array(z.string()),
    plan: z.object({
      id: z.string(),
      name: z.string(),
      price: z.number(),
      currency: z.string(),
      frequency: z.string(),
      is_subscribed: z.boolean(),
      can_subscribe: z.boolean(),
      legacy_id: z.string(),
      legacy_discount: z.boolean(),
      externally_managed: z.boolean(),
    }),
  })
  .meta({ id: "Zone" });
export type Zone = z.infer<typeof Zone>;

export const ZoneCreate = z.object({
  name: z.string().min(1).max(NAME_MAX),
  /** Without it the first account is meant. */
  account: z.object({ id: Id.optional() }).optional(),
  type: z.enum(ZONE_TYPES).default("full"),
  jump_start: z.unknown().optional(),
});

export const ZoneEdit = z.object({
  paused: z.boolean().optional(),
  type: z.enum(ZONE_TYPES).optional(),
  vanity_name_servers: z.array(z.string()).optional(),
});

/** Lists accept repeated keys and comma lists; names accept operators such as `contains:`. */
export const ZoneQuery = PageQuery.extend({
  name: z.string().optional(),
  status: z.array(z.string()).optional(),
  type: z.array(z.string()).optional(),
  "account.id": z.string().optional(),
  "account.name": z.string().optional(),
  order: z.enum(["name", "status", "account.id", "account.name", "plan.id"]).optional(),
  direction: z.enum(["asc", "desc"]).default("asc"),
  match: z.enum(["any", "all"]).default("all"),
});
export type ZoneQuery = z.infer<typeof ZoneQuery>;

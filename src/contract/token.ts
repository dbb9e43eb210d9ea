/** API tokens with policies, as the provider's API shapes them: what they may, from where, from when and until when. */
import { z } from "zod";
import { readAddress, readRange } from "./address.ts";
import { Id, PageQuery } from "./common.ts";

/** As the provider prints the times of tokens: whole seconds, `Z`. */
const Moment = z.string().meta({ format: "date-time", examples: ["2026-10-05T09:10:42Z"] });

const POLICIES_MAX = 50;
const GROUPS_MAX = 50;
const RESOURCES_MAX = 1000;
const RANGES_MAX = 100;

/** `com.cloudflare.api.account.zone.<id>` → "*", or one level of nesting: an account and its zones. */
const Resources = z
  .record(z.string().max(200), z.union([z.string().max(200), z.record(z.string().max(200), z.string().max(200))]))
  .refine((resources) => Object.keys(resources).length <= RESOURCES_MAX, { error: "too many resources" });

const GroupWrite = z.object({ id: z.string().max(64), meta: z.unknown().optional(), name: z.string().optional() });

const PolicyWrite = z.object({
  effect: z.enum(["allow", "deny"]),
  permission_groups: z.array(GroupWrite).min(1).max(GROUPS_MAX),
  resources: Resources,
});

/** An address or a range; what is not one would never match and let nobody, or everybody, in. */
const Cidr = z
  .string()
  .max(64)
  .refine((text) => (text.includes("/") ? readRange(text) : readAddress(text)) !== undefined, {
    error: "an address or a range such as 192.0.2.0/24",
  });

const RequestIp = z.object({
  in: z.array(Cidr).max(RANGES_MAX).optional(),
  not_in: z.array(Cidr).max(RANGES_MAX).optional(),
});
const Condition = z.object({ request_ip: RequestIp.nullish() });
export type TokenCondition = z.infer<typeof Condition>;

const Name = z.string().trim().min(1).max(120);
const When = z
  .string()
  .max(40)
  .refine((text) => /^\d{4}-\d\d-\d\dT/.test(text) && !Number.isNaN(Date.parse(text)), {
    error: "a time such as 2027-01-01T00:00:00Z",
  });
const TOKEN_STATUSES = ["active", "disabled", "expired"] as const;

export const ApiTokenCreate = z.object({
  name: Name,
  policies: z.array(PolicyWrite).min(1).max(POLICIES_MAX),
  condition: Condition.nullish(),
  expires_on: When.nullish(),
  not_before: When.nullish(),
});
export type ApiTokenCreate = z.infer<typeof ApiTokenCreate>;

export const ApiTokenUpdate = ApiTokenCreate.extend({ status: z.enum(TOKEN_STATUSES).nullish() });
export type ApiTokenUpdate = z.infer<typeof ApiTokenUpdate>;

const Policy = z.object({
  id: Id,
  effect: z.enum(["allow", "deny"]),
  permission_groups: z.array(z.object({ id: Id, name: z.string() })),
  resources: z.record(z.string(), z.union([z.string(), z.record(z.string(), z.string())])),
});
export type TokenPolicy = z.infer<typeof Policy>;

const tokenFields = {
  id: Id,
  name: z.string(),
  status: z.enum(TOKEN_STATUSES),
  issued_on: Moment,
  modified_on: Moment,
  last_used_on: Moment.optional(),
  expires_on: Moment.optional(),
  not_before: Moment.optional(),
  policies: z.array(Policy),
  condition: z.object({ request_ip: RequestIp.optional() }).optional(),
};

export const ApiToken = z.object(tokenFields).meta({ id: "ApiToken" });
export type ApiToken = z.infer<typeof ApiToken>;

/** The secret is shown this once. */
export const ApiTokenCreated = z.object({ ...tokenFields, value: z.string() }).meta({ id: "ApiTokenCreated" });
export type ApiTokenCreated = z.infer<typeof ApiTokenCreated>;

export const ApiTokenQuery = PageQuery.extend({
  direction: z.enum(["asc", "desc"]).default("asc"),
  include_expired: z.stringbool().default(false),
});
export type ApiTokenQuery = z.infer<typeof ApiTokenQuery>;

export const PermissionGroup = z
  .object({
    id: Id,
    name: z.string(),
    scopes: z.array(
      z.enum(["com.cloudflare.api.account", "com.cloudflare.api.account.zone", "com.cloudflare.api.user"]),
    ),
    category: z.enum(["dns_and_zones", "account_and_billing"]),
    is_selectable: z.boolean(),
  })
  .meta({ id: "PermissionGroup" });
export type PermissionGroup = z.infer<typeof PermissionGroup>;

export const PermissionGroupQuery = z.object({ name: z.string().optional(), scope: z.string().optional() });

/** Who changed what, from where, before and after. Secrets are never in it. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

/** `token`: an API token. `user`: somebody signed in at the dashboard. `nobody`: a call that needs no sign-in, such as signing in. */
export const ACTOR_KINDS = ["token", "user", "nobody"] as const;

export const Actor = z.object({
  kind: z.enum(ACTOR_KINDS),
  id: z.string(),
  name: z.string(),
  email: z.string().nullable(),
});
export type Actor = z.infer<typeof Actor>;

/**
 * `unfinished`: the entry is written before the change is made, and nothing came after it: the server was stopped in between,
 * or it still works.
 */
export const AUDIT_OUTCOMES = ["done", "refused", "unfinished"] as const;

export const AuditEntry = z
  .object({
    id: z.number(),
    time: Time,
    actor: Actor,
    /** Address that the request came from. */
    address: z.string(),
    user_agent: z.string().nullable(),
    request_id: z.string(),
    /** Name of the operation as in the OpenAPI page: `peers.update`. */
    action: z.string(),
    method: z.string(),
    path: z.string(),
    outcome: z.enum(AUDIT_OUTCOMES),
    /** HTTP status of the answer. */
    status: z.number().nullable(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    resource: z.object({ kind: z.string(), id: z.string().nullable() }),
    zone: z.object({ id: Id, name: z.string().nullable() }).nullable(),
    /** What was sent; secrets read `(hidden)`, and so does a field that was refused: it may be a secret in the wrong place. */
    request: z.unknown(),
    /** The resource before and after; null where there is none, or where it is too large to keep. */
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: "AuditEntry" });
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An absolute time of RFC 3339, or a day (in UTC). */
export const When = z
  .string()
  .max(64)
  .refine((text) => /^\d{4}-\d\d-\d\d([T ].+)?$/.test(text) && !Number.isNaN(Date.parse(text)), {
    error: "must be a day such as 2026-10-05 or a time of RFC 3339",
  })
  .transform((text) => Date.parse(text));

const Word = z.string().min(1).max(256).optional();

export const AuditQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  /** Entries older than this id (newer, when `order` is `oldest`): the way to the next page. */
  before: z.coerce.number().int().min(0).optional(),
  order: z.enum(["newest", "oldest"]).default("newest"),
  zone_id: Id.optional(),
  resource_id: Id.optional(),
  /** Name or id of a user or token. */
  actor: Word,
  address: Word,
  /** `peers.update`, or a word such as `peers` for all of its actions. */
  action: Word,
  outcome: z.enum(AUDIT_OUTCOMES).optional(),
  since: When.optional(),
  /** Not within. */
  until: When.optional(),
});
export type AuditQuery = z.infer<typeof AuditQuery>;

/** What is known before a change is made. */
export type AuditStart = {
  readonly actor: Actor;
  readonly address: string;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  readonly action: string;
  readonly method: string;
  readonly path: string;
  readonly resource: AuditEntry["resource"];
  readonly zoneId: string | undefined;
  readonly before: unknown;
};

/** What is known behind it. `resourceId` and `zoneId` where the change made them. */
export type AuditEnd = {
  readonly status: number;
  readonly error: AuditEntry["error"];
  /** Only now: of a request that is refused, the field at fault is not kept. */
  readonly request: unknown;
  readonly after: unknown;
  /** Who it turned out to be, where that was not known before: signing in. */
  readonly actor?: Actor;
  readonly resourceId?: string;
  readonly zoneId?: string;
};

export interface AuditService {
  /** Durable before it returns: no change without an entry. */
  beginAudit(start: AuditStart): Promise<AuditHandle>;
  /** With everything that is finished by now. `offset`: so many are left out before. */
  listAudit(query: AuditQuery & { readonly offset?: number }): Promise<readonly AuditEntry[]>;
  /** How many there are of a time. */
  countAudit(window: Pick<AuditQuery, "since" | "until">): Promise<number>;
}

export interface AuditHandle {
  /** On the disk when it resolves; what can't be written is logged, and the entry stays unfinished. */
  finish(end: AuditEnd): Promise<void>;
}

//--- The provider's form of it

const Listed = z.array(z.string().max(256)).max(50).optional();

/** What the provider's clients can leave out: entries that have one of these values. */
export const AUDIT_EXCLUSIONS = [
  "id",
  "action_result",
  "action_type",
  "actor_context",
  "actor_email",
  "actor_id",
  "actor_ip_address",
  "actor_token_id",
  "raw_method",
  "raw_status_code",
  "resource_id",
  "resource_type",
  "zone_id",
  "zone_name",
] as const;
export type AuditExclusion = (typeof AUDIT_EXCLUSIONS)[number];

export const AUDIT_EXCLUSION_KEYS = AUDIT_EXCLUSIONS.map((key) => `${key}.not` as const);

export const AccountAuditQuery = z
  .object({
    since: When,
    before: When,
    cursor: z.coerce.number().int().min(0).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    direction: z.enum(["asc", "desc"]).default("desc"),
  })
  .and(
    z.object(
      Object.fromEntries(AUDIT_EXCLUSION_KEYS.map((key) => [key, Listed])) as Record<
        (typeof AUDIT_EXCLUSION_KEYS)[number],
        typeof Listed
      >,
    ),
  );
export type AccountAuditQuery = z.infer<typeof AccountAuditQuery>;

export const AccountAuditEntry = z
  .object({
    id: z.string(),
    account: z.object({ id: Id, name: z.string() }),
    action: z.object({ description: z.string(), result: z.enum(["success", "failure"]), time: Time, type: z.string() }),
    actor: z.object({
      id: z.string(),
      context: z.enum(["api_token", "dash", "api"]),
      email: z.string().optional(),
      ip_address: z.string(),
      token_id: z.string().optional(),
      token_name: z.string().optional(),
      type: z.enum(["user", "system"]),
    }),
    raw: z.object({
      cf_ray_id: z.string(),
      method: z.string(),
      status_code: z.number().optional(),
      uri: z.string(),
      user_agent: z.string().optional(),
    }),
    resource: z.object({
      id: z.string().optional(),
      product: z.string(),
      request: z.unknown(),
      response: z.unknown(),
      scope: z.unknown(),
      type: z.string(),
    }),
    zone: z.object({ id: Id, name: z.string().optional() }).optional(),
  })
  .meta({ id: "AccountAuditEntry" });
export type AccountAuditEntry = z.infer<typeof AccountAuditEntry>;

/** Alerts: which happenings are told (policies), to whom (destinations), and what became of each telling (deliveries). */
import { z } from "zod";
import { Id } from "./common.ts";
import { HistoryQuery } from "./status.ts";
import { Time } from "./time.ts";

/** The first five are the provider's; the others Countersign's own. */
export const ALERT_KINDS = [
  "secondary_dns_all_primaries_failing",
  "secondary_dns_primaries_failing",
  "secondary_dns_zone_successfully_updated",
  "secondary_dns_warning",
  "secondary_dns_zone_validation_warning",
  "countersign_zone_expired",
  "countersign_signature_horizon",
  "countersign_serial_backwards",
  "countersign_certificate_expiring",
  "countersign_trouble_over",
] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

const Label = z.string().min(1).max(255);
const MailAddress = z
  .string()
  .max(254)
  .regex(/^[^\s@<>,;"]+@[^\s@<>,;"]+$/, { error: "must be a mail address such as ops@example.com" });
/** The characters of a line of text: what goes into headers. */
const Line = z.string().regex(/^[\x20-\x7e\u00a0-\uffff]*$/, { error: "must be one line of text" });

const Webhook = z.object({
  /** http is taken only for addresses that the option alertRanges names. */
  url: z
    .url({ protocol: /^https?$/, error: "must be an http or https URL" })
    .max(2048)
    .refine((url) => !/^[a-z]+:\/\/[^/?#]*@/i.test(url), { error: "must hold no user name or password" }),
});
const Smtp = z.object({
  host: Label,
  port: z.number().int().min(1).max(65_535),
  /** `starttls` and `tls` check the server's certificate against `host`. */
  security: z.enum(["none", "starttls", "tls"]),
  username: Line.max(255).nullish(),
  from: MailAddress,
  to: z.array(MailAddress).min(1).max(20),
});

/** The secret is sealed on disk and never shown. */
export const AlertDestination = z
  .object({
    id: Id,
    name: z.string(),
    kind: z.enum(["webhook", "smtp"]),
    webhook: Webhook.nullable(),
    smtp: Smtp.nullable(),
    has_secret: z.boolean(),
    created_time: Time,
  })
  .meta({ id: "AlertDestination" });
export type AlertDestination = z.infer<typeof AlertDestination>;

/** Exactly one of webhook and smtp. `secret` signs webhooks (HMAC-SHA256), or is the SMTP password. Absent on replacing: as before. */
export const AlertDestinationWrite = z
  .object({
    name: Label,
    webhook: Webhook.optional(),
    smtp: Smtp.optional(),
    secret: z.string().min(1).max(1024).optional(),
  })
  .refine(({ webhook, smtp }) => (webhook === undefined) !== (smtp === undefined), {
    error: "give exactly one of webhook and smtp",
  })
  .refine(({ webhook, secret }) => !webhook || secret === undefined || secret.length >= 16, {
    error: "must have 16 characters or more",
    path: ["secret"],
  });
export type AlertDestinationWrite = z.infer<typeof AlertDestinationWrite>;

export const AlertPolicy = z
  .object({
    id: Id,
    name: z.string(),
    enabled: z.boolean(),
    kinds: z.array(z.enum(ALERT_KINDS)),
    /** Ids of zones; empty: all of them. */
    zones: z.array(Id),
    destinations: z.array(Id),
    /** The same (event code, reason, peer or certificate) for the same zone is told once within this time; 0: each time. */
    window_seconds: z.number(),
    created_time: Time,
  })
  .meta({ id: "AlertPolicy" });
export type AlertPolicy = z.infer<typeof AlertPolicy>;

export const AlertPolicyWrite = z.object({
  name: Label,
  enabled: z.boolean().default(true),
  kinds: z.array(z.enum(ALERT_KINDS)).min(1).max(ALERT_KINDS.length),
  zones: z.array(Id).max(1000).default([]),
  destinations: z.array(Id).min(1).max(20),
  window_seconds: z.number().int().min(0).max(604_800).default(900),
});
export type AlertPolicyWrite = z.infer<typeof AlertPolicyWrite>;

export const AlertDelivery = z
  .object({
    /** Ascending. */
    id: z.number(),
    /** The same in every try; receivers know repeated ones by it. */
    delivery_id: z.string(),
    policy_id: Id,
    destination_id: Id,
    kind: z.enum(ALERT_KINDS),
    zone_id: Id.nullable(),
    state: z.enum(["waiting", "delivered", "failed"]),
    created_time: Time,
    /** Of the next try, while waiting. */
    due_time: Time.nullable(),
    finished_time: Time.nullable(),
    tries: z.number(),
    /** Times that the same happened to the same zone within the window, which this one stands for. */
    repeats: z.number(),
    message: z.string(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: "AlertDelivery" });
export type AlertDelivery = z.infer<typeof AlertDelivery>;

export const AlertTest = z
  .object({
    delivered: z.boolean(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: "AlertTest" });
export type AlertTest = z.infer<typeof AlertTest>;

export const AlertDeliveriesQuery = HistoryQuery;

/** Alerts in the provider's form (`/alerting/v3`): the same policies, webhooks and deliveries as in alert.ts, under its names. */
import { z } from "zod";
import { ALERT_KINDS } from "./alert.ts";
import { When } from "./audit.ts";
import { Id, PageQuery } from "./common.ts";
import { Time } from "./time.ts";

const Target = z.object({ id: Id });
const targets = {
  email: z.array(Target).max(20).optional(),
  webhooks: z.array(Target).max(20).optional(),
  pagerduty: z.array(Target).max(0, { error: "PagerDuty is not offered here; a webhook is" }).optional(),
};

/** `30m`: how long the same alert is told once only. */
const Interval = z
  .string()
  .regex(/^\d{1,6}[smhd]$/, { error: "must be a time such as 30m" })
  .refine((text) => intervalSeconds(text) <= 604_800, { error: "must be a week or less" });

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

export function intervalSeconds(text: string): number {
  return Number(text.slice(0, -1)) * SECONDS[text.at(-1) as keyof typeof SECONDS];
}

const written = {
  name: z.string().min(1).max(255),
  alert_type: z.enum(ALERT_KINDS),
  enabled: z.boolean(),
  mechanisms: z.object(targets).refine(
    ({ email = [], webhooks = [] }) => {
      const many = email.length + webhooks.length;
      return many >= 1 && many <= 20;
    },
    { error: "must name 1 to 20 webhooks or mail destinations" },
  ),
  alert_interval: Interval.optional(),
  description: z.string().max(0, { error: "is not kept here; say it in the name" }).optional(),
  /** Zones by their ids; none: all of them. */
  filters: z
    .object({ zones: z.array(Id).max(1000).optional() })
    .strict()
    .optional(),
};

export const AlertingPolicyCreate = z.object(written);
export type AlertingPolicyCreate = z.infer<typeof AlertingPolicyCreate>;
/** What is absent stays. */
export const AlertingPolicyUpdate = z.object(written).partial();
export type AlertingPolicyUpdate = z.infer<typeof AlertingPolicyUpdate>;

export const AlertingPolicy = z
  .object({
    id: Id,
    name: z.string(),
    description: z.string(),
    enabled: z.boolean(),
    /** The first of them, where a policy that was made here is for several. */
    alert_type: z.enum(ALERT_KINDS),
    alert_interval: z.string(),
    mechanisms: z.object({ email: z.array(Target), webhooks: z.array(Target), pagerduty: z.array(Target) }),
    filters: z.object({ zones: z.array(Id).optional() }),
    created: Time,
    modified: Time,
  })
  .meta({ id: "AlertingPolicy" });
export type AlertingPolicy = z.infer<typeof AlertingPolicy>;

export const AlertingWebhookWrite = z.object({
  name: written.name,
  url: z.string().min(1).max(2048),
  /** Signs what is sent. Absent on replacing: as before. */
  secret: z.string().min(16, { error: "must have 16 characters or more" }).max(1024).optional(),
});

export const AlertingWebhook = z
  .object({
    id: Id,
    name: z.string(),
    type: z.literal("generic"),
    url: z.string(),
    created_at: Time,
    last_success: Time.nullable(),
    last_failure: Time.nullable(),
  })
  .meta({ id: "AlertingWebhook" });
export type AlertingWebhook = z.infer<typeof AlertingWebhook>;

export const AvailableAlerts = z
  .record(
    z.string(),
    z.array(
      z.object({
        type: z.enum(ALERT_KINDS),
        display_name: z.string(),
        description: z.string(),
        filter_options: z.array(z.unknown()),
      }),
    ),
  )
  .meta({ id: "AvailableAlerts" });
export type AvailableAlerts = z.infer<typeof AvailableAlerts>;

const Mechanism = z.enum(["email", "pagerduty", "webhook"]);

export const EligibleDestinations = z
  .record(z.string(), z.array(z.object({ eligible: z.boolean(), ready: z.boolean(), type: Mechanism })))
  .meta({ id: "EligibleDestinations" });

export const AlertHistoryQuery = PageQuery.extend({ since: When.optional(), before: When.optional() });
export type AlertHistoryQuery = z.infer<typeof AlertHistoryQuery>;

export const AlertHistory = z
  .object({
    id: z.string(),
    name: z.string(),
    description: z.string(),
    alert_type: z.enum(ALERT_KINDS),
    alert_body: z.string(),
    policy_id: Id,
    /** Address of the webhook, or the first one of the mail's receivers. */
    mechanism: z.string(),
    mechanism_type: Mechanism,
    sent: Time,
  })
  .meta({ id: "AlertHistory" });
export type AlertHistory = z.infer<typeof AlertHistory>;

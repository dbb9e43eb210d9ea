/** Alerts under the provider's paths; what it has and we have not is refused. */
import {
  AlertHistory,
  AlertHistoryQuery,
  AlertingPolicy,
  AlertingPolicyCreate,
  AlertingPolicyUpdate,
  AlertingWebhook,
  AlertingWebhookWrite,
  AvailableAlerts,
  EligibleDestinations,
} from "../alerting.ts";
import { Deleted } from "../common.ts";
import { ACCOUNT, Anything, type Route, route } from "./route.ts";

const V3 = `${ACCOUNT}/alerting/v3`;
const POLICY = `${V3}/policies/{policyId}`;
const WEBHOOKS = `${V3}/destinations/webhooks`;
const WEBHOOK = `${WEBHOOKS}/{webhookId}`;
const PAGERDUTY = `${V3}/destinations/pagerduty`;
const SILENCE = `${V3}/silences/{silenceId}`;
const REFUSED = "Refused: neither PagerDuty nor silences are offered";

const refused = (method: "GET" | "DELETE", path: string) => route(method, path, REFUSED, "one", Anything);
const refusedWrite = (method: "POST" | "PUT", path: string) =>
  route(method, path, REFUSED, "one", Anything, { body: Anything });

export const alertingRoutes = {
  "alerting.available": route("GET", `${V3}/available_alerts`, "Kinds of alerts", "one", AvailableAlerts),
  "alerting.history": route("GET", `${V3}/history`, "Alerts that were sent, newest first", "page", AlertHistory, {
    query: AlertHistoryQuery,
  }),
  "alerting.policies.list": route("GET", `${V3}/policies`, "Policies", "list", AlertingPolicy),
  "alerting.policies.create": route("POST", `${V3}/policies`, "Create a policy", "one", Deleted, {
    body: AlertingPolicyCreate,
  }),
  "alerting.policies.get": route("GET", POLICY, "Policy", "one", AlertingPolicy),
  "alerting.policies.update": route("PUT", POLICY, "Change it: what is absent stays", "one", Deleted, {
    body: AlertingPolicyUpdate,
  }),
  "alerting.policies.delete": route("DELETE", POLICY, "Delete it", "one", Deleted),
  "alerting.eligible": route("GET", `${V3}/destinations/eligible`, "Ways to tell", "one", EligibleDestinations),
  "alerting.webhooks.list": route("GET", WEBHOOKS, "Webhooks", "list", AlertingWebhook),
  "alerting.webhooks.create": route("POST", WEBHOOKS, "Create a webhook", "one", Deleted, {
    body: AlertingWebhookWrite,
  }),
  "alerting.webhooks.get": route("GET", WEBHOOK, "Webhook", "one", AlertingWebhook),
  "alerting.webhooks.update": route("PUT", WEBHOOK, "Replace it", "one", Deleted, { body: AlertingWebhookWrite }),
  "alerting.webhooks.delete": route("DELETE", WEBHOOK, "Delete it", "one", Deleted),
  "alerting.pagerduty.list": refused("GET", PAGERDUTY),
  "alerting.pagerduty.delete": refused("DELETE", PAGERDUTY),
  "alerting.pagerduty.connect": refusedWrite("POST", `${PAGERDUTY}/connect`),
  "alerting.pagerduty.link": refused("GET", `${PAGERDUTY}/connect/{linkId}`),
  "alerting.silences.list": refused("GET", `${V3}/silences`),
  "alerting.silences.create": refusedWrite("POST", `${V3}/silences`),
  "alerting.silences.update": refusedWrite("PUT", `${V3}/silences`),
  "alerting.silences.get": refused("GET", SILENCE),
  "alerting.silences.delete": refused("DELETE", SILENCE),
} as const satisfies Record<string, Route>;

/** Alerts in the provider's form, over the same service as Countersign's own: policies of one kind, webhooks, what was sent. */
import {
  ALERT_KINDS,
  type AlertDelivery,
  type AlertDestination,
  AlertDestinationWrite,
  type AlertHistory,
  type AlertHistoryQuery,
  type AlertingPolicy,
  type AlertingPolicyUpdate,
  type AlertingWebhook,
  type AlertPolicy,
  type AlertPolicyWrite,
  type AvailableAlerts,
  type ControlService,
  intervalSeconds,
  type Outcome,
} from "#contract";
import { type Call, cutPage, done, type HandlersOf, mapped } from "../call.ts";
import { check } from "../query.ts";

const PAGE_LIMITS = { fallback: 25, max: 1000 };
/** Deliveries of one look, and looks at most: more are not kept. */
const AT_ONCE = 1000;
const LOOKS_MAX = 100;
const DEFAULT_WINDOW_SECONDS = 900;

type Place = Pick<Call<"alerting.history">, "service" | "params">;

/** Alerts are the whole installation's; the account of the path has to be there. */
async function within<T>({ service, params }: Place, work: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  const account = await service.getAccount(params["accountId"]!);
  return account.ok ? work() : account;
}

const refuse = (about: string) => async (): Promise<Outcome<never>> => ({
  ok: false,
  error: { code: "alert.not-offered", about },
});
const pagerDuty = refuse("PagerDuty");
const silence = refuse("a silence");

export const alertingHandlers: HandlersOf<"alerting"> = {
  "alerting.available": (call) => within(call, async () => done(AVAILABLE)),
  "alerting.eligible": (call) => within(call, async () => done(ELIGIBLE)),
  "alerting.history": (call) => within(call, () => history(call.service, call.query)),
  "alerting.policies.list": (call) =>
    within(call, async () => {
      const [policies, webhooks] = [await call.service.listAlertPolicies(), await webhookIds(call.service)];
      return mapped(policies, (all) => all.map((policy) => showPolicy(policy, webhooks)));
    }),
  "alerting.policies.get": (call) =>
    within(call, async () => {
      const webhooks = await webhookIds(call.service);
      return mapped(await call.service.getAlertPolicy(call.params["policyId"]!), (policy) =>
        showPolicy(policy, webhooks),
      );
    }),
  "alerting.policies.create": (call) =>
    within(call, async () => mapped(await call.service.createAlertPolicy(policyOf(call.body)), idOf)),
  "alerting.policies.update": (call) => within(call, () => updatePolicy(call)),
  "alerting.policies.delete": (call) => within(call, () => call.service.deleteAlertPolicy(call.params["policyId"]!)),
  "alerting.webhooks.list": (call) =>
    within(call, async () => {
      const sent = await deliveries(call.service);
      return mapped(await call.service.listAlertDestinations(), (all) =>
        all.filter(({ kind }) => kind === "webhook").map((each) => showWebhook(each, sent)),
      );
    }),
  "alerting.webhooks.get": (call) =>
    within(call, async () => {
      const found = await findWebhook(call);
      if (!found.ok) return found;
      return done(showWebhook(found.value, await deliveries(call.service)));
    }),
  "alerting.webhooks.create": (call) =>
    within(call, async () => {
      const write = destinationOf(call.body);
      return write.ok ? mapped(await call.service.createAlertDestination(write.value), idOf) : write;
    }),
  "alerting.webhooks.update": (call) =>
    within(call, async () => {
      const found = await findWebhook(call);
      const write = found.ok ? destinationOf(call.body) : found;
      return write.ok ? mapped(await call.service.updateAlertDestination(id(call), write.value), idOf) : write;
    }),
  "alerting.webhooks.delete": (call) =>
    within(call, async () => {
      const found = await findWebhook(call);
      return found.ok ? call.service.deleteAlertDestination(id(call)) : found;
    }),
  "alerting.pagerduty.list": pagerDuty,
  "alerting.pagerduty.delete": pagerDuty,
  "alerting.pagerduty.connect": pagerDuty,
  "alerting.pagerduty.link": pagerDuty,
  "alerting.silences.list": silence,
  "alerting.silences.create": silence,
  "alerting.silences.update": silence,
  "alerting.silences.get": silence,
  "alerting.silences.delete": silence,
};

const idOf = ({ id: made }: { readonly id: string }) => ({ id: made });
const id = ({ params }: Pick<Place, "params">): string => params["webhookId"]!;

//--- Policies

type Written = Pick<AlertingPolicyUpdate, "mechanisms" | "alert_interval" | "filters"> & {
  readonly name: string;
  readonly alert_type: AlertPolicy["kinds"][number];
  readonly enabled: boolean;
};

function policyOf({ name, alert_type, enabled, mechanisms, alert_interval, filters }: Written): AlertPolicyWrite {
  return {
    name,
    enabled,
    kinds: [alert_type],
    zones: filters?.zones ?? [],
    destinations: targetsOf(mechanisms),
    window_seconds: alert_interval === undefined ? DEFAULT_WINDOW_SECONDS : intervalSeconds(alert_interval),
  };
}

function targetsOf(mechanisms: AlertingPolicyUpdate["mechanisms"]): string[] {
  return [...(mechanisms?.webhooks ?? []), ...(mechanisms?.email ?? [])].map((target) => target.id);
}

async function updatePolicy({ service, params, body }: Call<"alerting.policies.update">) {
  const policyId = params["policyId"]!;
  const before = await service.getAlertPolicy(policyId);
  if (!before.ok) return before;
  const { id: _, created_time: _created, ...rest } = before.value;
  const write: AlertPolicyWrite = {
    ...rest,
    ...(body.name !== undefined && { name: body.name }),
    ...(body.enabled !== undefined && { enabled: body.enabled }),
    ...(body.alert_type !== undefined && { kinds: [body.alert_type] }),
    ...(body.filters !== undefined && { zones: body.filters.zones ?? [] }),
    ...(body.mechanisms !== undefined && { destinations: targetsOf(body.mechanisms) }),
    ...(body.alert_interval !== undefined && { window_seconds: intervalSeconds(body.alert_interval) }),
  };
  return mapped(await service.updateAlertPolicy(policyId, write), idOf);
}

function showPolicy(policy: AlertPolicy, webhooks: ReadonlySet<string>): AlertingPolicy {
  const targets = policy.destinations.map((target) => ({ id: target }));
  return {
    id: policy.id,
    name: policy.name,
    description: "",
    enabled: policy.enabled,
    alert_type: policy.kinds[0]!,
    alert_interval: printInterval(policy.window_seconds),
    mechanisms: {
      email: targets.filter((target) => !webhooks.has(target.id)),
      webhooks: targets.filter((target) => webhooks.has(target.id)),
      pagerduty: [],
    },
    filters: policy.zones.length === 0 ? {} : { zones: policy.zones },
    created: policy.created_time,
    modified: policy.created_time,
  };
}

function printInterval(seconds: number): string {
  return seconds % 60 === 0 && seconds > 0 ? `${seconds / 60}m` : `${seconds}s`;
}

//--- Webhooks

async function webhookIds(service: ControlService): Promise<ReadonlySet<string>> {
  const all = await service.listAlertDestinations();
  return new Set(all.ok ? all.value.filter(({ kind }) => kind === "webhook").map((each) => each.id) : []);
}

async function findWebhook({ service, params }: Place): Promise<Outcome<AlertDestination>> {
  const found = await service.getAlertDestination(id({ params }));
  if (!found.ok || found.value.kind === "webhook") return found;
  return { ok: false, error: { code: "alert.destination-not-found", about: id({ params }) } };
}

type WebhookWrite = { readonly name: string; readonly url: string; readonly secret?: string };

/** The rules for addresses are those of our own form; the field is another. */
function destinationOf({ name, url, secret }: WebhookWrite): Outcome<AlertDestinationWrite> {
  const checked = check(AlertDestinationWrite, { name, webhook: { url }, secret }, "");
  if (checked.ok) return checked as Outcome<AlertDestinationWrite>;
  const { pointer, also: _, ...error } = checked.error;
  return { ok: false, error: { ...error, pointer: pointer === "/webhook/url" ? "/url" : pointer } };
}

function showWebhook({ id: webhookId, name, webhook, created_time }: AlertDestination, sent: readonly AlertDelivery[]) {
  const last = (state: AlertDelivery["state"]) =>
    sent.find((each) => each.destination_id === webhookId && each.state === state)?.finished_time ?? null;
  return {
    id: webhookId,
    name,
    type: "generic",
    url: webhook?.url ?? "",
    created_at: created_time,
    last_success: last("delivered"),
    last_failure: last("failed"),
  } satisfies AlertingWebhook;
}

//--- What was sent

/** Newest first. */
async function deliveries(service: ControlService): Promise<readonly AlertDelivery[]> {
  const all: AlertDelivery[] = [];
  for (let look = 0; look < LOOKS_MAX; look++) {
    const some = await service.listAlertDeliveries({ limit: AT_ONCE, before: all.at(-1)?.id });
    if (!some.ok) break;
    all.push(...some.value);
    if (some.value.length < AT_ONCE) break;
  }
  return all;
}

async function history(service: ControlService, query: AlertHistoryQuery) {
  const [policies, destinations] = [await service.listAlertPolicies(), await service.listAlertDestinations()];
  const nameOf = new Map(policies.ok ? policies.value.map(({ id: policyId, name }) => [policyId, name]) : []);
  const byId = new Map(destinations.ok ? destinations.value.map((each) => [each.id, each]) : []);
  const sent = (await deliveries(service)).flatMap((each): AlertHistory[] => {
    const { finished_time: time, state } = each;
    if (state !== "delivered" || time === null) return [];
    if (query.since !== undefined && Date.parse(time) < query.since) return [];
    if (query.before !== undefined && Date.parse(time) >= query.before) return [];
    const target = byId.get(each.destination_id);
    return [
      {
        id: each.delivery_id,
        name: nameOf.get(each.policy_id) ?? "",
        description: "",
        alert_type: each.kind,
        alert_body: each.message,
        policy_id: each.policy_id,
        mechanism: target?.webhook?.url ?? target?.smtp?.to[0] ?? "",
        mechanism_type: target?.kind === "smtp" ? "email" : "webhook",
        sent: time,
      },
    ];
  });
  return done(cutPage(sent, query, PAGE_LIMITS));
}

const DESCRIPTIONS: Readonly<Record<(typeof ALERT_KINDS)[number], string>> = {
  secondary_dns_all_primaries_failing: "No primary of a zone answers",
  secondary_dns_primaries_failing: "A primary of a zone does not answer",
  secondary_dns_zone_successfully_updated: "A new version of a zone is served",
  secondary_dns_warning: "Something about a zone's transfers has to be looked at",
  secondary_dns_zone_validation_warning: "A version of a zone is held",
  countersign_zone_expired: "A zone is no longer served: its primaries were silent until EXPIRE",
  countersign_signature_horizon: "Signatures of a zone end soon",
  countersign_serial_backwards: "A primary has an older serial than before",
  countersign_certificate_expiring: "A certificate ends soon",
  countersign_trouble_over: "The primaries of a zone answer well again, or it is no longer expired",
};

const AVAILABLE: AvailableAlerts = {
  "Secondary DNS": ALERT_KINDS.map((type) => ({
    type,
    display_name: type.replace(/^(secondary_dns|countersign)_/, "").replaceAll("_", " "),
    description: DESCRIPTIONS[type],
    filter_options: [{ Key: "zones", Optional: true }],
  })),
};

const ELIGIBLE = {
  email: [{ eligible: true, ready: true, type: "email" as const }],
  webhooks: [{ eligible: true, ready: true, type: "webhook" as const }],
  pagerduty: [{ eligible: false, ready: false, type: "pagerduty" as const }],
};

/** What the API may do with alerts. Secrets go in and never come out. */
import {
  type AlertDelivery,
  type AlertDestination,
  type AlertDestinationWrite,
  type AlertPolicy,
  type AlertPolicyWrite,
  type AlertService,
  type ErrorCode,
  type Outcome,
  printTime,
} from "#contract";
import { type AlertDeliveryRow, type AlertDestinationRow, type AlertPolicyRow, newId, type Store } from "#store";
import type { AddressPolicy } from "./address-policy.ts";
import type { AlertBook } from "./book.ts";
import { deliver, type SmtpSettings, type WebhookSettings } from "./deliver.ts";
import type { Letter } from "./letter.ts";

export type AlertServiceParts = {
  readonly store: Store;
  readonly book: AlertBook;
  readonly policy: () => AddressPolicy;
  readonly zoneName: (zoneId: string) => string | undefined;
  readonly nowMs: () => number;
};

const MAX_POLICIES = 100;
const MAX_DESTINATIONS = 100;

export function makeAlertService(parts: AlertServiceParts): AlertService {
  return { ...policyPart(parts), ...destinationPart(parts), ...deliveryPart(parts) };
}

type PolicyCalls =
  | "listAlertPolicies"
  | "getAlertPolicy"
  | "createAlertPolicy"
  | "updateAlertPolicy"
  | "deleteAlertPolicy";

function policyPart({ book, zoneName, nowMs }: AlertServiceParts): Pick<AlertService, PolicyCalls> {
  const check = ({ destinations, zones }: AlertPolicyWrite) => {
    const unknown = destinations.find((id) => !book.destination(id));
    if (unknown !== undefined) return refused("alert.destination-unknown", unknown, "/destinations");
    const gone = zones.find((id) => zoneName(id) === undefined);
    return gone === undefined ? undefined : refused("zone.not-found", gone, "/zones");
  };
  const write = async (id: string, createdAt: number, policy: AlertPolicyWrite) => {
    const { name, enabled, kinds, zones, destinations, window_seconds: windowSeconds } = policy;
    const lists = { kinds: unique(kinds), zones: unique(zones), destinations: unique(destinations) };
    const row: AlertPolicyRow = { id, createdAt, name, enabled, windowSeconds, ...lists };
    await book.putPolicy(row);
    return done(showPolicy(row));
  };
  return {
    listAlertPolicies: async () => done(book.policies().map(showPolicy)),
    async getAlertPolicy(id) {
      const row = book.policy(id);
      return row ? done(showPolicy(row)) : refused("alert.policy-not-found", id);
    },
    async createAlertPolicy(policy) {
      if (book.policies().length >= MAX_POLICIES) return refused("alert.too-many", String(MAX_POLICIES));
      return check(policy) ?? write(newId(), nowMs(), policy);
    },
    async updateAlertPolicy(id, policy) {
      const row = book.policy(id);
      if (!row) return refused("alert.policy-not-found", id);
      return check(policy) ?? write(id, row.createdAt, policy);
    },
    async deleteAlertPolicy(id) {
      if (!book.policy(id)) return refused("alert.policy-not-found", id);
      await book.removePolicy(id);
      return done({ id });
    },
  };
}

type DestinationCalls =
  | "listAlertDestinations"
  | "getAlertDestination"
  | "createAlertDestination"
  | "updateAlertDestination"
  | "deleteAlertDestination";

function destinationPart({ book, nowMs }: AlertServiceParts): Pick<AlertService, DestinationCalls> {
  const write = async (id: string, createdAt: number, request: AlertDestinationWrite, before: string | null) => {
    const { name, webhook, smtp, secret: given } = request;
    const secret = given ?? before;
    if (webhook && secret === null) return refused("alert.secret-missing", undefined, "/secret");
    const kind = webhook ? "webhook" : "smtp";
    const row: AlertDestinationRow = { id, name, kind, settings: webhook ?? smtp, secret, createdAt };
    await book.putDestination(row);
    return done(showDestination(row));
  };
  return {
    listAlertDestinations: async () => done(book.destinations().map(showDestination)),
    async getAlertDestination(id) {
      const row = book.destination(id);
      return row ? done(showDestination(row)) : refused("alert.destination-not-found", id);
    },
    async createAlertDestination(request) {
      if (book.destinations().length >= MAX_DESTINATIONS) return refused("alert.too-many", String(MAX_DESTINATIONS));
      return write(newId(), nowMs(), request, null);
    },
    async updateAlertDestination(id, request) {
      const row = book.destination(id);
      if (!row) return refused("alert.destination-not-found", id);
      // A password for one mail server or receiver is not handed to another: it has to be given anew then.
      const moved = destinationOf(row) !== targetOf(request);
      return write(id, row.createdAt, request, moved ? null : row.secret);
    },
    async deleteAlertDestination(id) {
      if (!book.destination(id)) return refused("alert.destination-not-found", id);
      const users = book.policies().filter(({ destinations }) => destinations.includes(id));
      if (users.length > 0) return refused("alert.destination-in-use", users.map(({ name }) => name).join(", "));
      await book.removeDestination(id);
      return done({ id });
    },
  };
}

/** Whom a secret was given for. */
function destinationOf({ kind, settings }: AlertDestinationRow): string {
  return kind === "webhook"
    ? targetOf({ webhook: settings as WebhookSettings })
    : targetOf({ smtp: settings as SmtpSettings });
}

function targetOf({ webhook, smtp }: Pick<AlertDestinationWrite, "webhook" | "smtp">): string {
  if (webhook) return new URL(webhook.url).origin;
  return `smtp://${smtp?.host.toLowerCase()}:${smtp?.port}/${smtp?.security}`;
}

function deliveryPart(parts: AlertServiceParts): Pick<AlertService, "testAlertDestination" | "listAlertDeliveries"> {
  const { store, book, policy, nowMs } = parts;
  return {
    async testAlertDestination(id) {
      const destination = book.destination(id);
      if (!destination) return refused("alert.destination-not-found", id);
      const event = {
        code: "alert.test",
        level: "info",
        message: "This is a test: alerts arrive here.",
        at: nowMs(),
        detail: {},
      };
      const letter: Letter = { version: 1, kind: "test", zone: null, event };
      const now = Math.floor(nowMs() / 1000);
      const { signal } = new AbortController();
      const sent = await deliver({ destination, letter, deliveryId: newId(), policy: policy(), now, signal });
      const error = sent.ok ? null : { code: sent.error.code, message: sent.error.text };
      return done({ delivered: sent.ok, error });
    },
    listAlertDeliveries: async (page) => done((await store.alerts.deliveries(page)).map(showDelivery)),
  };
}

function showPolicy(row: AlertPolicyRow): AlertPolicy {
  return {
    id: row.id,
    name: row.name,
    enabled: row.enabled,
    kinds: [...row.kinds] as AlertPolicy["kinds"],
    zones: [...row.zones],
    destinations: [...row.destinations],
    window_seconds: row.windowSeconds,
    created_time: printTime(row.createdAt),
  };
}

function showDestination({ id, name, kind, settings, secret, createdAt }: AlertDestinationRow): AlertDestination {
  return {
    id,
    name,
    kind,
    webhook: kind === "webhook" ? (settings as WebhookSettings) : null,
    smtp: kind === "smtp" ? (settings as SmtpSettings) : null,
    has_secret: secret !== null,
    created_time: printTime(createdAt),
  };
}

function showDelivery(row: AlertDeliveryRow): AlertDelivery {
  const timeOf = (at: number | null) => (at === null ? null : printTime(at));
  return {
    id: row.id,
    delivery_id: row.deliveryId,
    policy_id: row.policyId,
    destination_id: row.destinationId,
    kind: row.kind as AlertDelivery["kind"],
    zone_id: row.zoneId,
    state: row.state,
    created_time: printTime(row.createdAt),
    due_time: timeOf(row.dueAt),
    finished_time: timeOf(row.finishedAt),
    tries: row.tries,
    repeats: row.repeats,
    message: (row.document as Letter).event.message,
    error: row.errorCode === null ? null : { code: row.errorCode, message: row.errorMessage ?? row.errorCode },
  };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}

function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

function refused(code: ErrorCode, about?: string, pointer?: string) {
  return { ok: false as const, error: { code, about, pointer } };
}

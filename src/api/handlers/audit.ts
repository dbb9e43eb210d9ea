/** The audit log: Countersign's own form, as lines, and the provider's. */
import {
  type Account,
  type AccountAuditEntry,
  type AccountAuditQuery,
  AUDIT_EXCLUSIONS,
  type AuditEntry,
  type AuditExclusion,
  actionType,
} from "#contract";
import { type Call, done, type HandlersOf } from "../call.ts";
import { hasHidden, hiddenZones } from "../sight.ts";
import { pageOfLogs } from "./audit-logs.ts";

/** Entries of one question to the service where more than a page is gone through. */
const AT_ONCE = 500;

export const auditHandlers: HandlersOf<"audit" | "auditLogs"> = {
  "audit.list": async ({ asker, service, query }) => {
    const items = await service.listAudit(query);
    const seen = items.filter(hiddenZones(asker));
    return done({ items: seen, ...(items.length === query.limit && { after: String(items.at(-1)!.id) }) });
  },
  "audit.export": async (call) => done(lines(call)),
  "auditLogs.list": async (call) => {
    const account = await call.service.getAccount(call.params["accountId"]!);
    return account.ok ? done(await provided(call, account.value)) : account;
  },
  "auditLogs.ofAccount": async ({ asker, service, params, query }) => {
    const account = await service.getAccount(params["accountId"]!);
    return account.ok
      ? pageOfLogs(service, account.value, query, hasHidden(asker) ? hiddenZones(asker) : undefined)
      : account;
  },
  "auditLogs.ofUser": async ({ asker, service, query }) => {
    const [account] = await service.listAccounts();
    if (!account) return { ok: false, error: { code: "account.not-found", about: "(none)" } };
    // By his address: his tokens' entries carry it as well.
    const isHis = ({ actor }: AuditEntry) => actor.id === asker.userId || actor.email === asker.email;
    const sees = hiddenZones(asker);
    return pageOfLogs(service, account, query, (entry) => isHis(entry) && sees(entry));
  },
};

async function* lines({ asker, service, query }: Call<"audit.export">): AsyncGenerator<string> {
  const sees = hiddenZones(asker);
  let before: number | undefined;
  for (;;) {
    const entries: readonly AuditEntry[] = await service.listAudit({ ...query, limit: AT_ONCE, before });
    const seen = entries.filter(sees);
    if (seen.length > 0) yield seen.map((entry) => `${JSON.stringify(entry)}\n`).join("");
    if (entries.length < AT_ONCE) return;
    before = entries.at(-1)!.id;
  }
}

/** An empty page ends the SDK's paging: it goes on until there is something, or nothing any more. */
async function provided({ asker, service, query }: Call<"auditLogs.list">, account: Account) {
  const sees = hiddenZones(asker);
  const items: AccountAuditEntry[] = [];
  let before = query.cursor;
  for (;;) {
    const order = query.direction === "asc" ? "oldest" : "newest";
    const window = { since: query.since, until: query.before };
    const entries: readonly AuditEntry[] = await service.listAudit({ ...window, limit: AT_ONCE, before, order });
    for (const entry of entries) {
      before = entry.id;
      const shown = sees(entry) ? showEntry(entry, account) : undefined;
      if (!shown || isExcluded(shown, query)) continue;
      items.push(shown);
      if (items.length >= query.limit) return { items, after: String(before) };
    }
    if (entries.length < AT_ONCE) return { items };
  }
}

function isExcluded(entry: AccountAuditEntry, query: AccountAuditQuery): boolean {
  return AUDIT_EXCLUSIONS.some((key) => query[`${key}.not`]?.includes(VALUES[key](entry) ?? "") ?? false);
}

const VALUES: { readonly [K in AuditExclusion]: (entry: AccountAuditEntry) => string | undefined } = {
  id: (entry) => entry.id,
  action_result: (entry) => entry.action.result,
  action_type: (entry) => entry.action.type,
  actor_context: (entry) => entry.actor.context,
  actor_email: (entry) => entry.actor.email,
  actor_id: (entry) => entry.actor.id,
  actor_ip_address: (entry) => entry.actor.ip_address,
  actor_token_id: (entry) => entry.actor.token_id,
  raw_method: (entry) => entry.raw.method,
  raw_status_code: (entry) => entry.raw.status_code?.toString(),
  resource_id: (entry) => entry.resource.id,
  resource_type: (entry) => entry.resource.type,
  zone_id: (entry) => entry.zone?.id,
  zone_name: (entry) => entry.zone?.name,
};

function showEntry(entry: AuditEntry, account: Account): AccountAuditEntry {
  const { actor, resource, zone } = entry;
  return {
    id: String(entry.id),
    account: { id: account.id, name: account.name },
    action: {
      description: entry.error?.message ?? entry.action,
      result: entry.outcome === "done" ? "success" : "failure",
      time: entry.time,
      type: actionType(entry),
    },
    actor: {
      id: actor.id,
      context: actor.kind === "token" ? "api_token" : actor.kind === "user" ? "dash" : "api",
      ...(actor.email !== null && { email: actor.email }),
      ip_address: entry.address,
      ...(actor.kind === "token" && { token_id: actor.id, token_name: actor.name }),
      type: "user",
    },
    raw: {
      cf_ray_id: entry.request_id,
      method: entry.method,
      ...(entry.status !== null && { status_code: entry.status }),
      uri: entry.path,
      ...(entry.user_agent !== null && { user_agent: entry.user_agent }),
    },
    resource: {
      ...(resource.id !== null && { id: resource.id }),
      product: "dns",
      request: entry.request,
      response: entry.after,
      scope: zone ? "zones" : "accounts",
      type: resource.kind,
    },
    ...(zone && { zone: { id: zone.id, ...(zone.name !== null && { name: zone.name }) } }),
  };
}

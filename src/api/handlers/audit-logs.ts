/**
 * The provider's older form of the audit log. It has pages with totals: counted by the store where a time at most is asked for; with
 * other conditions the log is gone through, which is bounded by what is kept, and others get their turn meanwhile.
 */
import {
  type Account,
  type AuditEntry,
  type AuditLog,
  type AuditLogsQuery,
  actionType,
  type ControlService,
  rangeContains,
  readAddress,
  readRange,
} from "#contract";
import { done, type Page } from "../call.ts";

/** Entries of one look. */
const AT_ONCE = 1000;
const PER_PAGE = { fallback: 100, max: 1000 };

/** `isHis`: what of the log is for the asker at all; absent: everything. */
export async function pageOfLogs(
  service: ControlService,
  account: Account,
  query: AuditLogsQuery,
  isHis: ((entry: AuditEntry) => boolean) | undefined,
) {
  const perPage = Math.min(query.per_page ?? PER_PAGE.fallback, PER_PAGE.max);
  const from = (query.page - 1) * perPage;
  const order = query.direction === "asc" ? "oldest" : "newest";
  if (isHis === undefined && !CONDITIONS.some((key) => query[key] !== undefined)) {
    const time = { since: query.since, until: query.before };
    const page = await service.listAudit({ ...time, order, limit: perPage, offset: from });
    const total = await service.countAudit(time);
    return done<Page<AuditLog>>({
      items: page.map((entry) => showLog(entry, account)),
      page: query.page,
      perPage,
      total,
    });
  }
  const items: AuditLog[] = [];
  let total = 0;
  let before: number | undefined;
  for (;;) {
    const window = { since: query.since, until: query.before, order, before, limit: AT_ONCE } as const;
    const entries: readonly AuditEntry[] = await service.listAudit(window);
    for (const entry of entries) {
      if (isHis?.(entry) === false || !isWanted(entry, query)) continue;
      if (total >= from && items.length < perPage) items.push(showLog(entry, account));
      total++;
    }
    before = entries.at(-1)?.id;
    await new Promise((resolve) => setImmediate(resolve));
    if (entries.length < AT_ONCE) return done<Page<AuditLog>>({ items, page: query.page, perPage, total });
  }
}

/** What is looked at entry by entry. */
const CONDITIONS = ["id", "action.type", "actor.email", "actor.ip", "zone.name", "hide_user_logs"] as const;

/** What people do about themselves. */
const PERSONAL = /^(session|sessions|user\.tokens)\./;

function isWanted(entry: AuditEntry, query: AuditLogsQuery): boolean {
  const { id, "action.type": type, "actor.email": email, "actor.ip": ip, "zone.name": zone } = query;
  if (id !== undefined && id !== String(entry.id)) return false;
  if (type !== undefined && type !== actionType(entry) && type !== entry.action) return false;
  if (email !== undefined && email.toLowerCase() !== entry.actor.email?.toLowerCase()) return false;
  if (ip !== undefined && !isFrom(entry.address, ip)) return false;
  if (zone !== undefined && zone.toLowerCase().replace(/\.$/, "") !== entry.zone?.name) return false;
  return query.hide_user_logs !== "true" || !PERSONAL.test(entry.action);
}

function isFrom(address: string, place: string): boolean {
  const octets = readAddress(address.replace(/^::ffff:(?=\d+\.)/i, ""));
  const range = place.includes("/") ? readRange(place) : undefined;
  return range && octets ? rangeContains(range, octets) : address === place;
}

function showLog(entry: AuditEntry, account: Account): AuditLog {
  const { actor, resource, zone } = entry;
  const text = (value: unknown) => (value === null || value === undefined ? "" : JSON.stringify(value));
  return {
    id: String(entry.id),
    when: entry.time,
    action: { type: actionType(entry), result: entry.outcome === "done" },
    actor: { id: actor.id, ...(actor.email !== null && { email: actor.email }), ip: entry.address, type: "user" },
    interface: actor.kind === "user" ? "UI" : "API",
    metadata: {
      operation: entry.action,
      outcome: entry.outcome,
      request_id: entry.request_id,
      ...(actor.kind === "token" && { token_id: actor.id, token_name: actor.name }),
      ...(zone?.name && { zone_name: zone.name }),
    },
    newValue: text(entry.after),
    oldValue: text(entry.before),
    owner: { id: account.id },
    resource: { ...(resource.id !== null && { id: resource.id }), type: resource.kind },
  };
}

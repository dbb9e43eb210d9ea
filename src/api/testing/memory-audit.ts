/** The audit log and the kept answers of the memory service, and the account's DNS settings. */
import type { AuditEntry, AuditService, DnsSettings, RetryService, SettingsService } from "#contract";

export type AuditLog = { readonly entries: AuditEntry[] };

export function auditPart(log: AuditLog): AuditService {
  return {
    async beginAudit(start) {
      const { actor, address, action, method, path, resource, before } = start;
      const entry: AuditEntry = {
        id: log.entries.length + 1,
        time: "2026-10-05T09:00:00.123000Z",
        actor,
        address,
        user_agent: start.userAgent ?? null,
        request_id: start.requestId,
        action,
        method,
        path,
        outcome: "unfinished",
        status: null,
        error: null,
        resource,
        zone: start.zoneId === undefined ? null : { id: start.zoneId, name: null },
        request: null,
        before,
        after: null,
      };
      log.entries.push(entry);
      return {
        finish: async ({ status, error, request, after }) =>
          void Object.assign(entry, { status, error, request, after, outcome: status < 400 ? "done" : "refused" }),
      };
    },
    async countAudit() {
      return log.entries.length;
    },
    async listAudit({ limit, before, order, action, offset = 0 }) {
      const inOrder = order === "oldest" ? [...log.entries] : log.entries.toReversed();
      const beyond = (id: number) => before === undefined || (order === "oldest" ? id > before : id < before);
      return inOrder
        .filter((entry) => beyond(entry.id) && (action ?? entry.action) === entry.action)
        .slice(offset, offset + limit);
    },
  };
}

export function retryPart(): RetryService {
  const kept = new Map<string, { request: string; answer?: { status: number; body: string } | undefined }>();
  const time = "2026-10-05T09:00:00.123000Z";
  return {
    async claimKey(key, request) {
      const known = kept.get(key);
      if (!known) {
        kept.set(key, { request });
        return { kind: "claimed" };
      }
      if (known.request !== request) return { kind: "other-request", time };
      return known.answer ? { kind: "answered", ...known.answer } : { kind: "cut-off", time };
    },
    async keepAnswer(key, answer) {
      if (answer) kept.set(key, { request: kept.get(key)!.request, answer });
      else kept.delete(key);
    },
  };
}

export function accountSettingsPart(
  accountId: string,
  defaults: DnsSettings,
): Pick<SettingsService, "getAccountDnsSettings" | "editAccountDnsSettings"> {
  let enforced = false;
  const get: SettingsService["getAccountDnsSettings"] = async (id) =>
    id === accountId
      ? { ok: true, value: { zone_defaults: defaults, enforce_dns_only: enforced } }
      : { ok: false, error: { code: "account.not-found", about: id } };
  return {
    getAccountDnsSettings: get,
    editAccountDnsSettings: async (id, edit) => {
      enforced = edit.enforce_dns_only ?? enforced;
      return get(id);
    },
  };
}

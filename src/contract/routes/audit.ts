/** The audit log: Countersign's own, and the provider's form of it. */
import { z } from "zod";
import { AccountAuditEntry, AccountAuditQuery, AUDIT_EXCLUSION_KEYS, AuditEntry, AuditQuery } from "../audit.ts";
import { AuditLog, AuditLogsQuery } from "../audit-logs.ts";
import { ACCOUNT, OWN, type Route, route, V4 } from "./route.ts";

export const auditRoutes = {
  "audit.list": route("GET", `${OWN}/audit`, "Who changed what, newest first", "cursor", AuditEntry, {
    query: AuditQuery,
  }),
  "audit.export": route("GET", `${OWN}/audit/export`, "The same as JSON lines, all pages in one", "text", z.string(), {
    query: AuditQuery.omit({ limit: true, before: true }),
    media: "application/x-ndjson",
  }),
  "auditLogs.list": route(
    "GET",
    `${ACCOUNT}/logs/audit`,
    "Audit log in the provider's form",
    "cursor",
    AccountAuditEntry,
    { query: AccountAuditQuery, lists: AUDIT_EXCLUSION_KEYS },
  ),
  "auditLogs.ofAccount": route(
    "GET",
    `${ACCOUNT}/audit_logs`,
    "Audit log in the provider's older form, by pages",
    "page",
    AuditLog,
    { query: AuditLogsQuery },
  ),
  "auditLogs.ofUser": route("GET", `${V4}/user/audit_logs`, "The same, of what one did oneself", "page", AuditLog, {
    query: AuditLogsQuery,
  }),
} as const satisfies Record<string, Route>;

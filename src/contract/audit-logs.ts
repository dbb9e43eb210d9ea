/** The audit log in the provider's older form (`audit_logs`), by pages: of the account, and of one user. */
import { z } from "zod";
import { type AuditEntry, When } from "./audit.ts";
import { Id, PageQuery } from "./common.ts";
import { Time } from "./time.ts";

const Word = z.string().min(1).max(256).optional();
const Flag = z.enum(["true", "false"]).optional();

export const AuditLogsQuery = PageQuery.extend({
  id: Word,
  /** Not within. */
  before: When.optional(),
  since: When.optional(),
  direction: z.enum(["asc", "desc"]).default("desc"),
  /** `create`, `update`, `delete`, or the name of an operation such as `peers.update`. */
  "action.type": Word,
  "actor.email": Word,
  /** An address or a range. */
  "actor.ip": Word,
  "zone.name": Word,
  /** Without what people do about themselves: signing in, their own tokens. */
  hide_user_logs: Flag,
  export: z.enum(["false"], { error: "is GET /countersign/v1/audit/export here, as JSON lines" }).optional(),
});
export type AuditLogsQuery = z.infer<typeof AuditLogsQuery>;

export const AuditLog = z
  .object({
    id: z.string(),
    when: Time,
    action: z.object({ type: z.string(), result: z.boolean() }),
    actor: z.object({ id: z.string(), email: z.string().optional(), ip: z.string(), type: z.enum(["user"]) }),
    interface: z.enum(["API", "UI"]),
    metadata: z.record(z.string(), z.unknown()),
    /** JSON, secrets hidden; "" where there is none. */
    newValue: z.string(),
    oldValue: z.string(),
    owner: z.object({ id: Id }),
    resource: z.object({ id: z.string().optional(), type: z.string() }),
  })
  .meta({ id: "AuditLog" });
export type AuditLog = z.infer<typeof AuditLog>;

const TYPES: Readonly<Record<string, string>> = { POST: "create", PUT: "update", PATCH: "update", DELETE: "delete" };

export function actionType(entry: Pick<AuditEntry, "method">): string {
  return TYPES[entry.method] ?? "update";
}

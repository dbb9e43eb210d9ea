/** Entries of the audit log: one begun before each change, with the resource as it was, and finished with what became of it. */
import {
  type AuditHandle,
  type ControlError,
  type ControlService,
  ERRORS,
  errorSentence,
  type ProviderSignedIn,
  ROUTES,
  type RouteName,
  type Session,
  takesAnything,
} from "#contract";
import { actorOfSession } from "./actor.ts";
import type { HttpAnswer } from "./answer.ts";
import { maskAfter, maskRequest } from "./mask.ts";
import type { Understood } from "./understood.ts";

/** Names of path parameters that are not the resource but where it is. */
const PLACES: ReadonlySet<string> = new Set(["accountId"]);

export function beginEntry(
  service: ControlService,
  { name, request, actor, call }: Understood,
  before: unknown,
): Promise<AuditHandle> {
  const own = Object.entries(call.params).filter(([parameter]) => !PLACES.has(parameter));
  return service.beginAudit({
    actor,
    address: request.ip,
    userAgent: request.headers["user-agent"]?.slice(0, 256),
    requestId: request.id,
    action: name,
    method: ROUTES[name].method,
    path: request.url.split("?", 1)[0]!.slice(0, 512),
    resource: { kind: kindOf(name), id: own.at(-1)?.[1] ?? null },
    zoneId: call.params["zoneId"],
    before: before === undefined ? null : maskRequest(before),
  });
}

/** `own.settings.edit` is about `own.settings`, `peers.update` about `peers`. */
function kindOf(name: string): string {
  return name.slice(0, name.lastIndexOf("."));
}

export function endEntry(
  entry: AuditHandle,
  { name, call }: Understood,
  end: {
    readonly answer: HttpAnswer;
    readonly before: unknown;
    readonly after: unknown;
    readonly error: ControlError | undefined;
  },
): Promise<void> {
  const made = idOf(end.after);
  return entry.finish({
    status: end.answer.status,
    error: end.error ? { code: end.error.code, message: messageOf(end.error) } : null,
    // What no schema describes may hold anything, secrets in fields of any name.
    // Nor what was typed at a sign-in that failed: it may have been a password in the wrong field.
    request: takesAnything(name) || (isSignIn(name) && end.error) ? null : maskRequest(call.body, end.error?.pointer),
    ...(isSignIn(name) && end.after !== undefined && { actor: actorOfSession(sessionOf(end.after)) }),
    after: ROUTES[name].method === "DELETE" ? null : maskAfter(end.after, end.before),
    resourceId: made,
    zoneId: name === "zones.create" ? made : undefined,
  });
}

/** Begun by nobody; who it was is known when it went well. */
function isSignIn(name: RouteName): boolean {
  return name === "session.create" || name === "session.finish";
}

function sessionOf(after: unknown): Session {
  const result = after as Session | ProviderSignedIn;
  return "session" in result ? result.session : result;
}

/** What is wrong with a field quotes what was sent in it; the request is kept beside, masked. */
function messageOf(error: ControlError): string {
  if (error.pointer === undefined) return errorSentence(error);
  return ERRORS[error.code].sentence.replaceAll("{about}", `(${error.pointer})`);
}

function idOf(value: unknown): string | undefined {
  const id = typeof value === "object" && value !== null ? (value as { id?: unknown }).id : undefined;
  return typeof id === "string" ? id : undefined;
}

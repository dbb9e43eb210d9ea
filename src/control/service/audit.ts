/**
 * The audit log, and the answers kept for requests that come twice. An entry is on the disk before its change is begun, so that
 * none is without; what became of it is written behind the change and before the answer, several together: no entry claims what
 * was not done, and no answer says what an entry does not. One transaction over both would not do: many changes are more than
 * one (files, transfers), and a reader shall see those that were cut off.
 *
 *   begin ▶ row without a status, on the disk ▶ the change, on the disk ▶ finish ▶ row with its status, on the disk ▶ answer
 */
import {
  type AuditEnd,
  type AuditEntry,
  type AuditQuery,
  type AuditService,
  type AuditStart,
  type KeptAnswer,
  printTime,
  type RetryService,
} from "#contract";
import type { AuditRow, Store, AuditEnd as StoredEnd } from "#store";
import type { Logger } from "#telemetry";

/** What of an entry stands in its document. */
type Document = Pick<AuditEntry, "method" | "path" | "request" | "before" | "after" | "error"> & {
  readonly version: 1;
  readonly email: string | null;
  readonly userAgent: string | null;
  readonly requestId: string;
  readonly kind: string;
  readonly zoneName: string | null;
};

export function makeAuditService(
  store: Pick<Store, "audit">,
  zoneName: (zoneId: string) => string | undefined,
  nowMs: () => number,
  log: Logger,
): AuditService {
  let waiting: StoredEnd[] = [];
  let flushing = Promise.resolve();
  /** What can't be written is told, and its entries stay unfinished; those that come later are written all the same. */
  const write = async (): Promise<void> => {
    const ends = waiting;
    waiting = [];
    try {
      await store.audit.finish(ends);
    } catch (error) {
      log.error({ err: error }, "outcomes of the audit log could not be written");
    }
  };
  const flush = (): Promise<void> => {
    flushing = flushing.then(write);
    return flushing;
  };
  let soon: Promise<void> | undefined;
  const finishSoon = (end: StoredEnd): Promise<void> => {
    waiting.push(end);
    soon ??= new Promise((resolve) => setImmediate(resolve)).then(() => {
      soon = undefined;
      return flush();
    });
    return soon;
  };
  return {
    async beginAudit(start) {
      const document = documentOf(start, start.zoneId === undefined ? undefined : zoneName(start.zoneId));
      const row = rowOf(start, document, nowMs());
      const id = await store.audit.add(row);
      return { finish: (end) => finishSoon(finished(id, row, document, end, zoneName)) };
    },
    async listAudit(query) {
      await flush();
      return (await store.audit.list(filterOf(query))).map(shown);
    },
    async countAudit(window) {
      return store.audit.count(window);
    },
  };
}

function documentOf(start: AuditStart, zoneName: string | undefined): Document {
  const { method, path, before } = start;
  return {
    version: 1,
    email: start.actor.email,
    userAgent: start.userAgent ?? null,
    requestId: start.requestId,
    kind: start.resource.kind,
    zoneName: zoneName ?? null,
    method,
    path,
    request: null,
    before,
    after: null,
    error: null,
  };
}

function rowOf(start: AuditStart, document: Document, at: number): Omit<AuditRow, "id"> {
  return {
    at,
    actorKind: start.actor.kind,
    actorId: start.actor.id,
    actorName: start.actor.name,
    address: start.address,
    action: start.action,
    resourceId: start.resource.id,
    zoneId: start.zoneId ?? null,
    status: null,
    document,
  };
}

function finished(
  id: number,
  row: Omit<AuditRow, "id">,
  document: Document,
  end: AuditEnd,
  zoneName: (zoneId: string) => string | undefined,
): StoredEnd {
  const zoneId = end.zoneId ?? row.zoneId;
  return {
    id,
    status: end.status,
    resourceId: row.resourceId ?? end.resourceId ?? null,
    zoneId,
    ...(end.actor && { actor: end.actor }),
    document: {
      ...document,
      email: end.actor ? end.actor.email : document.email,
      zoneName: document.zoneName ?? (zoneId === null ? null : (zoneName(zoneId) ?? null)),
      request: end.request,
      after: end.after,
      error: end.error,
    } satisfies Document,
  };
}

function filterOf(query: AuditQuery & { readonly offset?: number }) {
  const { zone_id: zoneId, resource_id: resourceId, action, ...same } = query;
  // A word alone is the beginning of the names of its actions.
  const isWhole = action === undefined || action.includes(".");
  return { ...same, zoneId, resourceId, action: isWhole ? action : `${action}.` };
}

function shown(row: AuditRow): AuditEntry {
  const document = row.document as Document;
  const { method, path, request, before, after, error } = document;
  return {
    id: row.id,
    time: printTime(row.at),
    actor: {
      kind: row.actorKind as AuditEntry["actor"]["kind"],
      id: row.actorId,
      name: row.actorName,
      email: document.email,
    },
    address: row.address,
    user_agent: document.userAgent,
    request_id: document.requestId,
    action: row.action,
    method,
    path,
    outcome: row.status === null ? "unfinished" : row.status < 400 ? "done" : "refused",
    status: row.status,
    error,
    resource: { kind: document.kind, id: row.resourceId },
    zone: row.zoneId === null ? null : { id: row.zoneId, name: document.zoneName },
    request,
    before,
    after,
  };
}

const DAY_MS = 86_400_000;
/** Answers that are kept at most, and the largest that is. */
const KEPT_MAX = 10_000;
const KEPT_OCTETS_MAX = 65_536;
/** Between two looks for old ones. */
const PRUNE_MS = 60_000;

export function makeRetryService(store: Pick<Store, "keptAnswers">, nowMs: () => number): RetryService {
  let pruned = Number.NEGATIVE_INFINITY;
  return {
    async claimKey(key, request): Promise<KeptAnswer> {
      const now = nowMs();
      if (now - pruned > PRUNE_MS) {
        pruned = now;
        await store.keptAnswers.prune(now - DAY_MS, KEPT_MAX);
      }
      const kept = await store.keptAnswers.find(key);
      if (kept && kept.at > now - DAY_MS) {
        if (kept.request !== request) return { kind: "other-request", time: printTime(kept.at) };
        if (kept.status === null) return { kind: "cut-off", time: printTime(kept.at) };
        if (kept.body === null) return { kind: "unkept", time: printTime(kept.at) };
        return { kind: "answered", status: kept.status, body: kept.body };
      }
      if (kept) await store.keptAnswers.remove(key);
      await store.keptAnswers.claim({ key, request, at: now });
      return { kind: "claimed" };
    },
    async keepAnswer(key, answer) {
      if (answer === undefined) return store.keptAnswers.remove(key);
      const body = answer.body.length > KEPT_OCTETS_MAX ? null : answer.body;
      return store.keptAnswers.put(key, answer.status, body);
    },
  };
}

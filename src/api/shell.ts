/**
 * What every call goes through once it is understood, beside its handler:
 *
 *   GET    handler ▶ entity tag ▶ 304 when the client has it
 *   others Idempotency-Key: the answer of last time, or
 *          lock of the resource ▶ If-Match ▶ audit entry ▶ handler ▶ its outcome into the entry, on the disk ▶ answer (kept under the key)
 */
import type { FastifyReply } from "fastify";
import {
  type ControlError,
  type ControlService,
  type Outcome,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteName,
} from "#contract";
import { envelopeOfError, envelopeOfValue, type HttpAnswer, sendAnswer, sendText } from "./answer.ts";
import { beginEntry, endEntry } from "./audit-trail.ts";
import type { Handler, Handlers } from "./call.ts";
import { entityTag, hasSame, maySet } from "./etag.ts";
import { StreamPlaces } from "./event-stream.ts";
import { KeyedLock } from "./keyed-lock.ts";
import { type KeyedRequest, type RetryDesk, readKey } from "./retries.ts";
import type { Understood } from "./understood.ts";

export type Shell = {
  readonly service: ControlService;
  readonly handlers: Handlers;
  readonly retries: RetryDesk;
  readonly locks: KeyedLock;
  readonly places: StreamPlaces;
};

export function makeShell(service: ControlService, handlers: Handlers, retries: RetryDesk): Shell {
  return { service, handlers, retries, locks: new KeyedLock(), places: new StreamPlaces() };
}

export async function carryOut(shell: Shell, understood: Understood): Promise<FastifyReply> {
  const { name, request, reply } = understood;
  const route: Route = ROUTES[name];
  if (route.method === "GET") return show(shell, understood, route);
  const key = readKey(request.headers["idempotency-key"]);
  if (!key.ok) return sendAnswer(reply, envelopeOfError(key.error));
  // Strangers can't keep anything here: they would push out what others rely on, and a sign-in is made anew each time.
  if (key.value === undefined || understood.actor.kind === "nobody")
    return sendAnswer(reply, await write(shell, understood, route));
  const keyed: KeyedRequest = {
    key: key.value,
    who: `${understood.actor.kind} ${understood.actor.id}`,
    what: `${route.method} ${request.url}`,
    octets: understood.octets,
  };
  const { answer, again } = await shell.retries.once(keyed, () => write(shell, understood, route));
  if (again) reply.header("idempotent-replayed", "true");
  return sendAnswer(reply, answer);
}

async function show(shell: Shell, { name, request, reply, call }: Understood, route: Route): Promise<FastifyReply> {
  const outcome = await handle(shell, name, call);
  if (!outcome.ok) return sendAnswer(reply, envelopeOfError(outcome.error));
  if (route.shape === "text") return sendText(reply, route, outcome.value as Iterable<string>);
  if (route.shape === "one") {
    const tag = entityTag(outcome.value, route.moving);
    reply.header("etag", tag);
    const known = request.headers["if-none-match"];
    if (known !== undefined && hasSame(known, tag)) return reply.code(304).send();
  }
  return sendAnswer(reply, envelopeOfValue(name, route, outcome.value));
}

/** The table ties handler, query and body together by the route's name; over all names the compiler can't see that. */
function handle(shell: Shell, name: RouteName, call: Understood["call"]): Promise<Outcome<unknown>> {
  return (shell.handlers[name] as Handler<RouteName>)(call);
}

async function write(shell: Shell, understood: Understood, route: Route): Promise<HttpAnswer> {
  // Not as it was spelled: a slash at the end, or %61 for a, is the same resource.
  const path = route.path.replace(/\{(\w+)\}/g, (_, parameter: string) => understood.call.params[parameter]!);
  const work = () => change(shell, understood, route, path);
  // What is made anew has nobody to come between: signing in, above all, takes its time and may not wait for others.
  return route.method === "POST" ? work() : shell.locks.run(path, work);
}

async function change(shell: Shell, understood: Understood, route: Route, path: string): Promise<HttpAnswer> {
  const reading = readerOf(route.path);
  const before = reading && (await readBefore(shell, understood, reading));
  const failed = checkCondition(understood.request.headers["if-match"], path, reading, before);
  if (failed) return envelopeOfError(failed);
  const entry = await beginEntry(shell.service, understood, before);
  // A fault of ours leaves the entry unfinished: nobody knows what was done.
  const outcome = await handle(shell, understood.name, understood.call);
  const answer = outcome.ok ? envelopeOfValue(understood.name, route, outcome.value) : envelopeOfError(outcome.error);
  const after = outcome.ok ? outcome.value : undefined;
  await endEntry(entry, understood, { answer, before, after, error: outcome.ok ? undefined : outcome.error });
  return tagged(answer, reading, route, after);
}

/** What was written is what the next GET gives: its tag goes along, so that the client can write again. */
function tagged(answer: HttpAnswer, reading: RouteName | undefined, route: Route, after: unknown): HttpAnswer {
  if (reading === undefined || after === undefined || route.method === "DELETE" || route.shape !== "one") return answer;
  const { result, moving } = ROUTES[reading] as Route;
  return result === route.result ? { ...answer, tag: entityTag(after, moving) } : answer;
}

/** Resources that are dear to make are neither kept as they were nor compared. */
const DEAR: ReadonlySet<RouteName> = new Set<RouteName>(["own.held", "own.status"]);

/** The GET of the same path. */
function readerOf(path: string): RouteName | undefined {
  return ROUTE_NAMES.find((name) => {
    const { method, shape, path: other } = ROUTES[name];
    return method === "GET" && shape === "one" && other === path && !DEAR.has(name);
  });
}

async function readBefore(shell: Shell, { call }: Understood, reading: RouteName): Promise<unknown> {
  const outcome = await handle(shell, reading, { ...call, query: undefined as never, body: undefined as never });
  return outcome.ok ? outcome.value : undefined;
}

function checkCondition(
  header: string | undefined,
  path: string,
  reading: RouteName | undefined,
  before: unknown,
): ControlError | undefined {
  if (header === undefined) return undefined;
  if (reading === undefined) return { code: "precondition.not-here", about: path };
  const { moving } = ROUTES[reading] as Route;
  const holds = before !== undefined && maySet(header, entityTag(before, moving));
  return holds ? undefined : { code: "precondition.failed", about: path };
}

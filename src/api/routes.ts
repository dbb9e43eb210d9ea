/** Joins the contract's table of routes to the handlers: for each request authenticate ▶ parameters ▶ query ▶ body ▶ handler ▶ envelope. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type Asker,
  type ControlError,
  type ControlService,
  type EventsQuery,
  GROUPS,
  judge,
  NEEDS,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteName,
  type Session,
  SIGN_IN_COOKIE,
  type Target,
} from "#contract";
import { actorOf, type isLocalOperator } from "./actor.ts";
import { sendError } from "./answer.ts";
import { authenticate, findForgery, printCookie, printSignInCookie, readCookie } from "./auth.ts";
import { type RawBody, readBody } from "./body.ts";
import type { Call, Handlers } from "./call.ts";
import { sendEventStream, wantsEventStream } from "./event-stream.ts";
import { alertingHandlers } from "./handlers/alerting.ts";
import { alertHandlers } from "./handlers/alerts.ts";
import { auditHandlers } from "./handlers/audit.ts";
import { catalogHandlers } from "./handlers/catalogs.ts";
import { identityHandlers } from "./handlers/identity.ts";
import { insightHandlers } from "./handlers/insight.ts";
import { ownHandlers } from "./handlers/own.ts";
import { recordHandlers } from "./handlers/records.ts";
import { refusedHandlers } from "./handlers/refused.ts";
import { secondaryHandlers } from "./handlers/secondary.ts";
import { sessionHandlers } from "./handlers/session.ts";
import { transportHandlers } from "./handlers/transport.ts";
import { zoneHandlers } from "./handlers/zones.ts";
import { type RawQuery, readQuery } from "./query.ts";
import { addressKey, type RateLimiter, sendRateHeaders } from "./rate-limit.ts";
import { makeRetryDesk } from "./retries.ts";
import { carryOut, makeShell, type Shell } from "./shell.ts";

const HANDLERS: Handlers = {
  ...identityHandlers,
  ...sessionHandlers,
  ...zoneHandlers,
  ...secondaryHandlers,
  ...transportHandlers,
  ...recordHandlers,
  ...ownHandlers,
  ...insightHandlers,
  ...alertHandlers,
  ...alertingHandlers,
  ...catalogHandlers,
  ...auditHandlers,
  ...refusedHandlers,
};

/** `limiter` undefined: as often as one likes. `isExempt`: who is not counted. */
export type Limits = { readonly limiter: RateLimiter | undefined; readonly isExempt: typeof isLocalOperator };

export function addRoutes(app: FastifyInstance, service: ControlService, limits: Limits): void {
  const shell = makeShell(service, HANDLERS, makeRetryDesk(service));
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    app.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ":$1"),
      handler: (request, reply) => answer(shell, limits, name, route, request, reply),
    });
  }
}

/** Methods that a path has, whatever identifiers stand in it; empty when it is no path of the table. */
export function methodsOf(path: string): string[] {
  const parts = path.split("/");
  return ROUTE_NAMES.map((name) => ROUTES[name])
    .filter((route) => {
      const wanted = route.path.split("/");
      return wanted.length === parts.length && wanted.every((part, i) => part.startsWith("{") || part === parts[i]);
    })
    .map((route) => route.method);
}

async function answer(
  shell: Shell,
  limits: Limits,
  name: RouteName,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { service } = shell;
  const stranger = addressKey(request.ip);
  if (limits.limiter?.look(stranger).allowed === false) return refuseRate(limits.limiter, stranger, reply);
  const from = { address: request.ip, agent: request.headers["user-agent"] ?? "" };
  const asked = await authenticate(service, request.headers, from);
  const isOpen = NEEDS[name].kind === "open";
  if ("refusal" in asked) limits.limiter?.take(stranger);
  if ("refusal" in asked && !isOpen) {
    const verifying = name.endsWith("tokens.verify") && asked.refusal.code === "auth.refused";
    return sendError(reply, verifying ? { code: "auth.token-invalid" } : asked.refusal);
  }
  const { asker, session }: Known = "refusal" in asked ? { asker: NOBODY, session: undefined } : asked;
  const isKnown = asker !== NOBODY;
  const actor = actorOf(asker, isKnown);
  if (limits.limiter && isKnown && !limits.isExempt(request, asker)) {
    const state = limits.limiter.take(`${asker.by} ${actor.id}`);
    sendRateHeaders(reply, limits.limiter.limits, state, Date.now());
    if (!state.allowed) return sendError(reply, rateError(limits.limiter));
  }
  const params = request.params as Record<string, string>;
  if (!Object.values(params).every((id) => /^[0-9a-f]{32}$/.test(id))) {
    return sendError(reply, { code: "route.unknown", about: pathOf(request) });
  }
  if (route.method !== "GET" && (session || isOpen)) {
    const forged = findForgery(request.headers, request.host, isOpen ? undefined : session?.csrf);
    if (forged) return sendError(reply, forged);
  }
  const query = readQuery(route, request.query as RawQuery);
  if (!query.ok) return sendError(reply, query.error);
  const forbidden = isOpen ? undefined : await findForbidden(service, asker, name, params, query.value);
  if (forbidden) return sendError(reply, forbidden);
  const raw = request.body as RawBody | undefined;
  const body = readBody(route, raw);
  if (!body.ok) return sendError(reply, name === "dnssec.edit" ? statusError(body.error) : body.error);
  const may = (other: RouteName, target: Target) => judge(asker, NEEDS[other], target) === "yes";
  if (name === "own.events" && wantsEventStream(request)) {
    return sendEventStream(
      { service, asker, may, places: shell.places, who: `${actor.kind} ${actor.id}` },
      query.value as EventsQuery,
      request,
      reply,
    );
  }
  const call: Call<RouteName> = {
    service,
    asker,
    may,
    session,
    from,
    ...cookiesOf(request, reply),
    params,
    query: query.value as never,
    body: body.value as never,
  };
  return carryOut(shell, { name, request, reply, actor, call, octets: raw?.octets });
}

/** Fastify sends each `set-cookie` as a header of its own. */
function cookiesOf(
  request: FastifyRequest,
  reply: FastifyReply,
): Pick<Call<RouteName>, "setCookie" | "signInSecret" | "setSignInCookie"> {
  const secure = request.protocol === "https";
  return {
    setCookie: (secret) => void reply.header("set-cookie", printCookie(secret, secure)),
    signInSecret: readCookie(request.headers.cookie, SIGN_IN_COOKIE),
    setSignInCookie: (secret) => void reply.header("set-cookie", printSignInCookie(secret, secure)),
  };
}

function rateError({ limits }: RateLimiter): ControlError {
  return { code: "rate.limited", about: `${limits.requests} requests per ${limits.seconds} seconds reached` };
}

function refuseRate(limiter: RateLimiter, key: string, reply: FastifyReply): FastifyReply {
  sendRateHeaders(reply, limiter.limits, limiter.look(key), Date.now());
  return sendError(reply, rateError(limiter));
}

type Known = { readonly asker: Asker; readonly session?: Session | undefined };

/** For the routes that are open to everybody: may nothing else. */
const NOBODY: Asker = {
  by: "session",
  id: "0".repeat(32),
  userId: "0".repeat(32),
  email: "",
  name: "",
  role: "viewer",
  grants: [],
  isLocalUser: false,
  isOperator: false,
  token: { id: "0".repeat(32), status: "disabled" },
};

/** Held against the table of needs: undefined when he may. */
async function findForbidden(
  service: ControlService,
  asker: Asker,
  name: RouteName,
  params: Readonly<Record<string, string>>,
  query: unknown,
): Promise<ControlError | undefined> {
  const need = NEEDS[name];
  // To read of a catalog is to read of its zone; to change it is to make zones and take them away, any of them.
  const catalogId = need.kind === "grant" && need.level === "read" ? params["catalogId"] : undefined;
  const zoneId = params["zoneId"] ?? catalogId ?? (query as { readonly zone_id?: string } | undefined)?.zone_id;
  const target: Target = { zoneId, accountId: params["accountId"], userId: asker.userId };
  const verdict = judge(asker, need, asker.grants && zoneId ? await placed(service, target, zoneId) : target);
  if (verdict === "yes" || need.kind !== "grant") return undefined;
  if (verdict === "role") return { code: "auth.permission", about: `of the role ${need.role}` };
  if (verdict === "resource") return { code: "auth.resource", about: zoneId ?? params["accountId"] ?? name };
  const [group] = need.groups;
  const level = need.level === "read" ? "Read" : "Write";
  return { code: "auth.permission", about: group && group in GROUPS ? `${group} ${level}` : level };
}

/** A zone stands in an account, and a policy may be about that. */
async function placed(service: ControlService, target: Target, zoneId: string): Promise<Target> {
  const zone = await service.getZone(zoneId);
  return zone.ok ? { ...target, accountId: zone.value.account.id } : target;
}

/** The provider has a number of its own for a wrong DNSSEC status. */
function statusError({ also, ...error }: ControlError): ControlError {
  const first: ControlError =
    error.pointer === "/status" ? { code: "dnssec.status-invalid", pointer: "/status" } : error;
  return also ? { ...first, also: also.map(statusError) } : first;
}

/** Without the query: paths are quoted in answers and logs, queries are not. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0]!.slice(0, 200);
}

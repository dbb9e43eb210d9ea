/** Joins the contract's table of routes to the handlers: for each request authenticate ▶ parameters ▶ query ▶ body ▶ handler ▶ envelope. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import {
  type ControlService,
  type EventsQuery,
  type Outcome,
  ROUTE_NAMES,
  ROUTES,
  type Route,
  type RouteName,
} from "#contract";
import { sendError, sendValue } from "./answer.ts";
import { authenticate } from "./auth.ts";
import { type RawBody, readBody } from "./body.ts";
import type { Handler, Handlers } from "./call.ts";
import { sendEventStream, wantsEventStream } from "./event-stream.ts";
import { alertHandlers } from "./handlers/alerts.ts";
import { catalogHandlers } from "./handlers/catalogs.ts";
import { identityHandlers } from "./handlers/identity.ts";
import { ownHandlers } from "./handlers/own.ts";
import { recordHandlers } from "./handlers/records.ts";
import { secondaryHandlers } from "./handlers/secondary.ts";
import { transportHandlers } from "./handlers/transport.ts";
import { zoneHandlers } from "./handlers/zones.ts";
import { type RawQuery, readQuery } from "./query.ts";

const HANDLERS: Handlers = {
  ...identityHandlers,
  ...zoneHandlers,
  ...secondaryHandlers,
  ...transportHandlers,
  ...recordHandlers,
  ...ownHandlers,
  ...alertHandlers,
  ...catalogHandlers,
};

export function addRoutes(app: FastifyInstance, service: ControlService): void {
  for (const name of ROUTE_NAMES) {
    const route: Route = ROUTES[name];
    app.route({
      method: route.method,
      url: route.path.replace(/\{(\w+)\}/g, ":$1"),
      handler: (request, reply) => answer(service, name, route, request, reply),
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
  service: ControlService,
  name: RouteName,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = await authenticate(service, request.headers);
  if ("refusal" in asked) {
    const verifying = name.endsWith("tokens.verify") && asked.refusal.code === "auth.refused";
    return sendError(reply, verifying ? { code: "auth.token-invalid" } : asked.refusal);
  }
  const params = request.params as Record<string, string>;
  if (!Object.values(params).every((id) => /^[0-9a-f]{32}$/.test(id))) {
    return sendError(reply, { code: "route.unknown", about: pathOf(request) });
  }
  const query = readQuery(route, request.query as RawQuery);
  if (!query.ok) return sendError(reply, query.error);
  const body = readBody(route, request.body as RawBody | undefined);
  if (!body.ok) return sendError(reply, statusError(name, body.error) ?? body.error);
  if (name === "own.events" && wantsEventStream(request)) {
    return sendEventStream(service, query.value as EventsQuery, request, reply);
  }
  // The table ties handler, query and body together by the route's name; over all names the compiler can't see that.
  const handler = HANDLERS[name] as Handler<RouteName>;
  const outcome: Outcome<unknown> = await handler({
    service,
    token: asked.token,
    params,
    query: query.value as never,
    body: body.value as never,
  });
  return outcome.ok ? sendValue(reply, name, route, outcome.value) : sendError(reply, outcome.error);
}

/** The provider has a number of its own for a wrong DNSSEC status. */
function statusError(name: RouteName, error: { readonly pointer?: string }) {
  const wrong = name === "dnssec.edit" && error.pointer === "/status";
  return wrong ? ({ code: "dnssec.status-invalid", pointer: "/status" } as const) : undefined;
}

/** Without the query: paths are quoted in answers and logs, queries are not. */
export function pathOf(request: FastifyRequest): string {
  return request.url.split("?", 1)[0]!.slice(0, 200);
}

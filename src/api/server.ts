/** The HTTP server: Fastify with our own bodies, queries, errors and headers, so that whatever comes in, JSON in the envelope goes out. */
import Fastify, {
  type FastifyBaseLogger,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import { type ControlError, type ControlService, makeOpenApi } from "#contract";
import type { Logger } from "#telemetry";
import { isLocalOperator } from "./actor.ts";
import { sendError, sendJson } from "./answer.ts";
import { newRequestId, refusalOfHead, refuseBadHttp, refuseExpectation, refuseMethod } from "./bad-http.ts";
import { allowOrigins } from "./cors.ts";
import { CONNECTIONS_MAX, Door } from "./door.ts";
import { openPages } from "./pages.ts";
import { parseQuery } from "./query.ts";
import { RateLimiter, type RateLimits } from "./rate-limit.ts";
import { addRoutes, type Limits, methodsOf, pathOf } from "./routes.ts";
import { type ApiTls, STRICT_TRANSPORT, tlsServerFactory } from "./tls.ts";

export type ApiOptions = {
  readonly service: ControlService;
  readonly logger: Logger;
  /** Text of the Prometheus page. */
  readonly metrics: () => Promise<string>;
  /** Countersign's version, for the OpenAPI page. */
  readonly version: string;
  readonly maxBodyOctets: number;
  /** Addresses and ranges of proxies whose X-Forwarded-For, -Proto and -Host are believed. */
  readonly trustedProxies?: readonly string[];
  /** Whether pages of other origins may call. */
  readonly cors: boolean;
  /** How often a token, a user, or a stranger's address may ask. Without it the operator on the machine itself is not counted. */
  readonly rate: RateLimits;
  readonly isExempt?: Limits["isExempt"];
  /** Others than usual: for tests that can't wait. */
  readonly times?: Partial<typeof TIMES>;
  /** Absent: HTTP. */
  readonly tls?: ApiTls | undefined;
  /** `web/dist`; need not exist. */
  readonly webDirectory?: string;
};

/** A request's head has to be here within the first time, its body within the second; between requests a connection may rest for the third. */
const TIMES = { headSeconds: 20, requestSeconds: 60, restSeconds: 72, lookSeconds: 5 };

/** The server, not yet listening: `listen({host, port})` and `close()` are Fastify's. */
export function buildApi(options: ApiOptions): FastifyInstance {
  const times = { ...TIMES, ...options.times };
  const limits = {
    headersTimeout: times.headSeconds * 1000,
    connectionsCheckingInterval: times.lookSeconds * 1000,
    // Whether there is one is looked at with the rest of the head, and answered in the envelope.
    requireHostHeader: false,
  };
  const waits = { requestTimeout: times.requestSeconds * 1000, keepAliveTimeout: times.restSeconds * 1000 };
  const app = Fastify({
    ...(options.tls && { serverFactory: tlsServerFactory(options.tls, { ...limits, ...waits }) }),
    loggerInstance: options.logger as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: newRequestId,
    bodyLimit: options.maxBodyOctets,
    // While closing, connections that are open are served to the end of what they asked; Fastify's own 503 has no envelope.
    return503OnClosing: false,
    trustProxy: options.trustedProxies?.length ? [...options.trustedProxies] : false,
    ...waits,
    http: limits,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 256, querystringParser: parseQuery as never },
    frameworkErrors: (error, request, reply) => handleError(options, error, request, reply as never),
    clientErrorHandler: (error, socket) => refuseBadHttp(error, socket, methodsAt),
  });
  guardServer(app, options.trustedProxies ?? []);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (request, octets, parsed) =>
    parsed(null, { octets, type: request.headers["content-type"]?.toLowerCase() ?? "" }),
  );
  app.addHook("onRequest", async (request, reply) => {
    reply.header("x-request-id", request.id).header("x-content-type-options", "nosniff");
    reply.header("cache-control", "no-store");
    if (options.tls) reply.header("strict-transport-security", STRICT_TRANSPORT);
    if (options.cors && allowOrigins(request, reply)) return reply;
    const wrong = refusalOfHead(request);
    if (wrong?.code === "request.content-encoding") reply.header("accept-encoding", "identity");
    return wrong && sendError(reply, wrong);
  });
  app.addHook("onResponse", async (request, reply) => {
    const done = {
      method: request.method,
      path: pathOf(request),
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime),
    };
    request.log[request.method === "GET" || request.method === "HEAD" ? "debug" : "info"](done, "request");
  });
  app.setErrorHandler((error: FastifyError, request, reply) => handleError(options, error, request, reply));
  app.setNotFoundHandler((request, reply) => refuseRoute(request, reply));
  const limiter = options.rate.requests > 0 ? new RateLimiter(options.rate) : undefined;
  addRoutes(app, options.service, { limiter, isExempt: options.isExempt ?? isLocalOperator });
  addSystemRoutes(app, options);
  return app;
}

/** What Node's server does before there is a request. */
function guardServer({ server }: FastifyInstance, proxies: readonly string[]): void {
  const door = new Door(proxies);
  server.maxConnections = CONNECTIONS_MAX;
  server.prependListener("connection", (socket) => door.enter(socket));
  server.on("checkExpectation", refuseExpectation);
  server.on("connect", (request, socket) => refuseMethod(socket, "CONNECT", request.url ?? "", []));
}

function addSystemRoutes(app: FastifyInstance, options: ApiOptions): void {
  // Made when it is first asked for: a good part of the time in which a server starts.
  let openApi: string | undefined;
  const pages = openPages(options.webDirectory);
  app.get("/healthz", async (_, reply) => sendJson(reply, 200, { status: "ok" }));
  app.get("/readyz", async (_, reply) => {
    const readiness = options.service.readiness();
    return sendJson(reply, readiness.ready ? 200 : 503, readiness);
  });
  app.get("/metrics", async (_, reply) =>
    reply.type("text/plain; version=0.0.4; charset=utf-8").send(await options.metrics()),
  );
  app.get("/openapi.json", async (_, reply) => {
    openApi ??= JSON.stringify(makeOpenApi(options.version));
    return reply.type("application/json; charset=utf-8").send(openApi);
  });
  app.get("/*", async (request, reply) => {
    const path = pathOf(request);
    const isApi = /^\/(client|countersign)(\/|$)/.test(path);
    const { accept = "", "accept-encoding": encodings = "" } = request.headers;
    const asked = { path, wantsHtml: accept.includes("text/html"), encodings: String(encodings) };
    if (isApi || !pages.send(asked, reply)) return refuseRoute(request, reply);
    return reply;
  });
}

function methodsAt(path: string): string[] {
  return methodsOf(path.replace(/(?<=.)\/$/, ""));
}

function refuseRoute(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const path = pathOf(request);
  const methods = methodsAt(path);
  if (methods.length === 0 || methods.includes(request.method))
    return sendError(reply, { code: "route.unknown", about: path });
  reply.header("allow", methods.join(", "));
  return sendError(reply, { code: "route.method", about: `${request.method} ${path}` });
}

/** Fastify's own refusals have a status below 500; everything else is a fault of ours, logged with the request's id. */
function handleError(
  options: ApiOptions,
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): FastifyReply {
  const status = error.statusCode ?? 500;
  if (error.code === "store.busy") {
    request.log.warn({ path: pathOf(request) }, "another program holds the database");
    return sendError(reply, { code: "store.busy" });
  }
  // Asked of QUERY before it is looked whether the path has such a method, and none here has.
  if (error.code === "FST_ERR_ROUTE_MISSING_CONTENT_TYPE") return refuseRoute(request, reply);
  if (status >= 500) {
    request.log.error({ err: error, path: pathOf(request) }, "request failed");
    return sendError(reply, { code: "internal" });
  }
  return sendError(reply, refusalOf(options, error, request));
}

function refusalOf(options: ApiOptions, error: FastifyError, request: FastifyRequest): ControlError {
  switch (error.code) {
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { code: "request.too-large", about: String(options.maxBodyOctets) };
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return { code: "request.content-type", about: request.headers["content-type"]?.slice(0, 80) };
    case "FST_ERR_BAD_URL":
    case "FST_ERR_MAX_PARAM_LENGTH":
      return { code: "route.unknown", about: pathOf(request) };
    default:
      return { code: "request.invalid", about: error.code };
  }
}

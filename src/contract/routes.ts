/**
 * The table of routes: what the server offers, what the OpenAPI page shows and what the command line calls. A route's name
 * is its handler's name; paths have `{parameter}`s. Everything is answered in the provider's envelope, except `text`.
 * The entries stand by noun in `routes/`.
 */
import type { z } from "zod";
import { alertingRoutes } from "./routes/alerting.ts";
import { alertsRoutes } from "./routes/alerts.ts";
import { analyticsRoutes } from "./routes/analytics.ts";
import { auditRoutes } from "./routes/audit.ts";
import { catalogsRoutes } from "./routes/catalogs.ts";
import { dnssecRoutes } from "./routes/dnssec.ts";
import { identityRoutes } from "./routes/identity.ts";
import { insightRoutes } from "./routes/insight.ts";
import { peersRoutes } from "./routes/peers.ts";
import { recordsRoutes } from "./routes/records.ts";
import { refusedRoutes } from "./routes/refused.ts";
import { Anything, type Route } from "./routes/route.ts";
import { sessionRoutes } from "./routes/session.ts";
import { settingsRoutes } from "./routes/settings.ts";
import { statusRoutes } from "./routes/status.ts";
import { tokensRoutes } from "./routes/tokens.ts";
import { transfersRoutes } from "./routes/transfers.ts";
import { zonesRoutes } from "./routes/zones.ts";

export type { Method, Route, Shape } from "./routes/route.ts";

export const ROUTES = {
  ...identityRoutes,
  ...sessionRoutes,
  ...tokensRoutes,
  ...zonesRoutes,
  ...dnssecRoutes,
  ...peersRoutes,
  ...transfersRoutes,
  ...recordsRoutes,
  ...settingsRoutes,
  ...statusRoutes,
  ...insightRoutes,
  ...analyticsRoutes,
  ...catalogsRoutes,
  ...alertsRoutes,
  ...alertingRoutes,
  ...auditRoutes,
  ...refusedRoutes,
} as const satisfies Record<string, Route>;

export type RouteName = keyof typeof ROUTES;

type SchemaOf<K extends RouteName, Part extends "query" | "body"> = (typeof ROUTES)[K] extends {
  readonly [P in Part]?: infer S;
}
  ? Exclude<S, undefined>
  : never;

type OutputOf<S> = [S] extends [never] ? undefined : S extends z.ZodType ? z.output<S> : undefined;

/** What a handler is given: the query and the body after their schemas. */
export type RouteQuery<K extends RouteName> = OutputOf<SchemaOf<K, "query">>;
export type RouteBody<K extends RouteName> = OutputOf<SchemaOf<K, "body">>;
/** One resource of the answer: for `page` and `list` one of many. */
export type RouteResult<K extends RouteName> = z.output<(typeof ROUTES)[K]["result"]>;

export const ROUTE_NAMES = Object.keys(ROUTES) as RouteName[];

/** The path with its parameters set in, each encoded; for clients. */
export function routePath(name: RouteName, parameters: Readonly<Record<string, string>> = {}): string {
  return ROUTES[name].path.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(parameters[parameter] ?? ""),
  );
}

/** The call is refused whatever its body holds, which no schema describes. */
export function takesAnything(name: RouteName): boolean {
  return (ROUTES[name] as Route).body === Anything;
}

/** The contract's table of routes as types: what each takes and gives. */
import type { input } from "zod";
import type { ROUTES, RouteName, RouteResult } from "#contract";

type Routes = typeof ROUTES;
type Sent<S> = S extends import("zod").ZodType ? input<S> : never;

type ShapeOf<K extends RouteName> = Routes[K]["shape"];
export type TextRoute = { [K in RouteName]: ShapeOf<K> extends "text" ? K : never }[RouteName];
export type PageRoute = { [K in RouteName]: ShapeOf<K> extends "page" ? K : never }[RouteName];
export type CursorRoute = { [K in RouteName]: ShapeOf<K> extends "cursor" ? K : never }[RouteName];
type ManyRoute = { [K in RouteName]: ShapeOf<K> extends "page" | "list" | "cursor" ? K : never }[RouteName];
export type JsonRoute = Exclude<RouteName, TextRoute>;

/** `result` of a route: of lists and pages all that came. */
export type ResultOf<K extends RouteName> = K extends ManyRoute ? readonly RouteResult<K>[] : RouteResult<K>;

/** Names in a path: `zoneId` of `/zones/{zoneId}`. */
export type Params = Readonly<Record<string, string>>;

export type QueryValue = string | number | boolean | readonly string[] | undefined;

/** A schema with dotted keys of any name (records.list) leaves only the form of values. */
type QueryOf<T> = string extends keyof T ? Readonly<Record<string, QueryValue>> : Partial<T>;

export type CallOptions<K extends RouteName> = {
  readonly params?: Params;
  readonly query?: Routes[K] extends { readonly query?: infer Q } ? QueryOf<Sent<Exclude<Q, undefined>>> : never;
  readonly body?: Routes[K] extends { readonly body?: infer B } ? Sent<Exclude<B, undefined>> : never;
};

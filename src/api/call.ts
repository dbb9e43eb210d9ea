/** What a handler is given and what it gives back: typed by the route's entry in the contract's table. */
import type {
  Asker,
  ControlService,
  From,
  Outcome,
  ROUTES,
  RouteBody,
  RouteName,
  RouteQuery,
  RouteResult,
  Session,
  Target,
} from "#contract";

export type Call<K extends RouteName> = {
  readonly service: ControlService;
  /** Who asks, and what he may; the route's own need has been looked at. */
  readonly asker: Asker;
  /** Whether he may do what another route does, to that. */
  readonly may: (name: RouteName, target: Target) => boolean;
  /** The session behind the cookie, when that is how he came. */
  readonly session: Session | undefined;
  readonly from: From;
  /** Sets the session's cookie; undefined takes it away. */
  readonly setCookie: (secret: string | undefined) => void;
  /** Of the cookie that ties a sign-in at the provider to this browser. */
  readonly signInSecret: string | undefined;
  readonly setSignInCookie: (secret: string | undefined) => void;
  /** Path parameters, each 32 lower-case hex digits. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: RouteQuery<K>;
  readonly body: RouteBody<K>;
};

export type Page<T> = {
  readonly items: readonly T[];
  readonly page: number;
  readonly perPage: number;
  readonly total: number;
};

/** Some of a list; `after` is the cursor of what follows, absent at the end. */
export type Stretch<T> = { readonly items: readonly T[]; readonly after?: string };

type ShapeOf<K extends RouteName> = (typeof ROUTES)[K]["shape"];

export type Answer<K extends RouteName> =
  ShapeOf<K> extends "one"
    ? RouteResult<K>
    : ShapeOf<K> extends "list"
      ? readonly RouteResult<K>[]
      : ShapeOf<K> extends "page"
        ? Page<RouteResult<K>>
        : ShapeOf<K> extends "cursor"
          ? Stretch<RouteResult<K>>
          : Iterable<string> | AsyncIterable<string>;

export type Handler<K extends RouteName> = (call: Call<K>) => Promise<Outcome<Answer<K>>>;

export type Handlers = { readonly [K in RouteName]: Handler<K> };

/** The handlers of some routes, those whose names begin with one of the words. */
export type HandlersOf<Words extends string> = {
  readonly [K in Extract<RouteName, `${Words}.${string}`>]: Handler<K>;
};

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** The outcome with its value changed; errors pass through. */
export function mapped<T, U>(outcome: Outcome<T>, change: (value: T) => U): Outcome<U> {
  return outcome.ok ? done(change(outcome.value)) : outcome;
}

/** Cuts one page out of a whole list; a page past the end is empty. `perPage` is held within 1 and `max`. */
export function cutPage<T>(
  items: readonly T[],
  query: { readonly page: number; readonly per_page?: number },
  limits: { readonly fallback: number; readonly max: number },
): Page<T> {
  const perPage = Math.min(query.per_page ?? limits.fallback, limits.max);
  const from = (query.page - 1) * perPage;
  return { items: items.slice(from, from + perPage), page: query.page, perPage, total: items.length };
}

/** One entry of the table of routes, and the paths that all files of it begin with. */
import { z } from "zod";

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/**
 * `one`: `result` is the resource. `list`: all of them at once (clients of the provider's API ask these lists only once).
 * `page`: a page of them with `result_info`; a page past the end is empty. `cursor`: some of them, and `result_info` says where
 * to go on. `text`: text without an envelope.
 */
export type Shape = "one" | "list" | "page" | "cursor" | "text";

export type Route = {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly shape: Shape;
  readonly result: z.ZodType;
  readonly query?: z.ZodType;
  /** Query keys that may be repeated or hold a comma list. */
  readonly lists?: readonly string[];
  readonly body?: z.ZodType;
  /** Fields of the resource that change by themselves: they don't stand against a write with If-Match. */
  readonly moving?: readonly string[];
  /** Multipart bodies are taken, too. */
  readonly multipart?: boolean;
  /** Content type of `text`. */
  readonly media?: string;
};

export function route<
  const M extends Method,
  const S extends Shape,
  R extends z.ZodType,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(
  method: M,
  path: string,
  summary: string,
  shape: S,
  result: R,
  takes: Pick<Route, "lists" | "moving" | "multipart" | "media"> & { readonly query?: Q; readonly body?: B } = {},
) {
  return { method, path, summary, shape, result, ...takes };
}

export const V4 = "/client/v4";
export const ZONE = `${V4}/zones/{zoneId}`;
export const ACCOUNT = `${V4}/accounts/{accountId}`;
export const OWN = "/countersign/v1";
export const OWN_ZONE = `${OWN}/zones/{zoneId}`;

export const Ok = z.literal("OK");
/** Bodies of calls that are refused anyway, or that need none, are not looked at. */
export const Anything = z.unknown();

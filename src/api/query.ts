/** Query strings: dotted keys stay flat, repeated keys and comma lists become lists, everything is checked by the route's schema. */
import type { ControlError, Outcome, Route } from "#contract";

/** Every value of every key, in order; what Fastify's `querystringParser` gives. */
export type RawQuery = Readonly<Record<string, readonly string[]>>;

type Schema = NonNullable<Route["query"]>;

/** Other spellings that clients and documentation use. */
const ALIASES: Readonly<Record<string, string>> = { "tag-match": "tag_match" };

export function parseQuery(text: string): RawQuery {
  const values: Record<string, string[]> = Object.create(null);
  for (const [key, value] of new URLSearchParams(text)) {
    const plain = key.endsWith("[]") ? key.slice(0, -2) : key;
    const name = ALIASES[plain] ?? plain;
    values[name] = [...(values[name] ?? []), value];
  }
  return values;
}

export function readQuery(route: Route, raw: RawQuery): Outcome<unknown> {
  if (route.query === undefined) return { ok: true, value: undefined };
  const plain: Record<string, unknown> = {};
  for (const [key, values] of Object.entries(raw)) {
    plain[key] = route.lists?.includes(key) ? splitLists(values) : values.at(-1);
  }
  return check(route.query, plain, "/query");
}

function splitLists(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(",")).filter((value) => value !== "");
}

/** Checks by a schema; the error names the first field at fault and says what is wrong with it. */
export function check(schema: Schema, value: unknown, root: string): Outcome<unknown> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const issue = result.error.issues[0]!;
  const pointer = [root, ...issue.path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1"))].join(
    "/",
  );
  const field = issue.path.map(String).join(".");
  const about = field === "" ? issue.message : `${field}: ${issue.message}`;
  const error: ControlError = { code: "request.invalid", about, pointer };
  return { ok: false, error };
}

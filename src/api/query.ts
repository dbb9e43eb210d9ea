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

/** Fields at fault that one answer names. */
const FAULTS_MAX = 50;

/** Checks by a schema; the error names every field at fault once, in the schema's order, and says what is wrong with it. */
export function check(schema: Schema, value: unknown, root: string): Outcome<unknown> {
  const result = schema.safeParse(value);
  if (result.success) return { ok: true, value: result.data };
  const faults = new Map<string, ControlError>();
  for (const issue of result.error.issues.flatMap((each) => unfolded(each))) {
    const fault = faultOf(issue, root);
    // Of a field that is wrong in two ways the first is said.
    if (!faults.has(fault.pointer)) faults.set(fault.pointer, fault);
    if (faults.size === FAULTS_MAX) break;
  }
  const [first, ...also] = [...faults.values()];
  return { ok: false, error: also.length === 0 ? first! : { ...first!, also } };
}

type Issue = {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** Of one of several forms: what is wrong with the value in each. */
  readonly errors?: readonly (readonly Issue[])[];
};

/** Forms within forms. */
const FORMS_DEPTH_MAX = 4;

/** What fits none of several forms is told by the one that it misses by least. */
function unfolded(issue: Issue, depth = 0): readonly Issue[] {
  const forms = issue.errors?.filter((errors) => errors.length > 0) ?? [];
  if (forms.length === 0 || depth === FORMS_DEPTH_MAX) return [issue];
  const nearest = forms.reduce((best, each) => (missOf(each) < missOf(best) ? each : best));
  // Another thing altogether in each form: what the whole says of itself says it best.
  if (missOf(nearest) === Number.MAX_SAFE_INTEGER) return [issue];
  const inner = nearest.map((each) => ({ ...each, path: [...issue.path, ...each.path] }));
  return inner.flatMap((each) => unfolded(each, depth + 1));
}

/** Something else altogether is further off than any field that is wrong. */
function missOf(issues: readonly Issue[]): number {
  const fields = new Set(issues.map(({ path }) => path.map(String).join("/")));
  return fields.has("") ? Number.MAX_SAFE_INTEGER : fields.size;
}

function faultOf({ path, message }: Issue, root: string): ControlError & { readonly pointer: string } {
  const pointer = [root, ...path.map((part) => String(part).replaceAll("~", "~0").replaceAll("/", "~1"))].join("/");
  const field = path.map(String).join(".");
  return { code: "request.invalid", about: field === "" ? message : `${field}: ${message}`, pointer };
}

/** Values made from a JSON schema: one that fits, and the same with one field wrong in one of many ways. */
import type { Random } from "./random.ts";

export type JsonSchema = {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly items?: JsonSchema | boolean;
  readonly anyOf?: readonly JsonSchema[];
  readonly allOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
};

const DEPTH_MAX = 6;

/** One that the schema may take: formats and patterns are guessed, and may be missed. */
export function fittingValue(schema: JsonSchema, random: Random, ids: readonly string[], depth = 0): unknown {
  if (depth > DEPTH_MAX) return null;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum) return random.pick(schema.enum);
  if (schema.anyOf) return fittingValue(random.pick(schema.anyOf), random, ids, depth + 1);
  const all = schema.allOf ? Object.assign({}, ...schema.allOf.map((part) => part.properties ?? {})) : {};
  const properties: Readonly<Record<string, JsonSchema>> = { ...all, ...schema.properties };
  switch (typeof schema.type === "string" ? schema.type : schema.type?.[0]) {
    case "object": {
      const wanted = Object.entries(properties).filter(([key]) => schema.required?.includes(key) || !random.oneIn(3));
      return Object.fromEntries(wanted.map(([key, inner]) => [key, fittingValue(inner, random, ids, depth + 1)]));
    }
    case "array": {
      const items = typeof schema.items === "object" ? schema.items : {};
      return Array.from({ length: random.below(3) }, () => fittingValue(items, random, ids, depth + 1));
    }
    case "boolean":
      return random.oneIn(2);
    case "integer":
    case "number": {
      const least = schema.minimum ?? 0;
      const most = Math.min(schema.maximum ?? 1000, least + 100_000);
      return least + random.below(Math.max(1, most - least));
    }
    case "string":
      return random.pick([
        "example.com.",
        "n.test",
        "192.0.2.1",
        "127.0.0.0/28",
        "hmac-sha256",
        "2026-10-05",
        "x",
        ...ids,
      ]);
    default:
      return null;
  }
}

export const WRONG = [
  null,
  "",
  0,
  -1,
  0.5,
  1e300,
  2 ** 53,
  true,
  [],
  {},
  [[[[[]]]]],
  { a: { b: { c: {} } } },
  "\u0000",
  "\ud800",
  "💥".repeat(50),
  "x".repeat(10_000),
  "-".repeat(256),
  "../../etc/passwd",
  "'; DROP TABLE zones; --",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "true",
  "NaN",
  "%00",
  "\r\nset-cookie: a=b",
  "0".repeat(32),
] as const;

/** The value with one field, anywhere in it, wrong, missing, or too much. */
export function spoiled(value: unknown, random: Random): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return random.pick(WRONG);
  const keys = Object.keys(value);
  const record = value as Readonly<Record<string, unknown>>;
  if (keys.length === 0 || random.oneIn(12)) return random.pick(WRONG);
  const key = random.pick(keys);
  switch (random.below(5)) {
    case 0: {
      const { [key]: _gone, ...rest } = record;
      return rest;
    }
    case 1:
      return { ...record, [random.pick(["extra", "__proto__", "toString", "id", ""])]: random.pick(WRONG) };
    case 2:
      return { ...record, [key]: spoiled(record[key], random) };
    default:
      return { ...record, [key]: random.pick(WRONG) };
  }
}

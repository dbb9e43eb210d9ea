/** What a table is made over: the database itself or one transaction of it; and the two conversions all tables need. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export type Handle = Kysely<Schema>;

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** The keys of `change` that are present and not undefined, renamed and converted by `columns`. */
export function changedColumns<Row extends object>(
  change: Partial<Row>,
  columns: { readonly [K in keyof Row]?: (value: Row[K]) => Record<string, unknown> },
): Record<string, unknown> {
  const changed: Record<string, unknown> = {};
  for (const key of Object.keys(change) as (keyof Row)[]) {
    const value = change[key];
    if (value !== undefined) Object.assign(changed, columns[key]?.(value as Row[typeof key]));
  }
  return changed;
}

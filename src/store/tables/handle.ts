/** What a table is made over: the database itself or one transaction of it; and the two conversions all tables need. */
import type { Kysely } from "kysely";
import type { Schema } from "../schema.ts";

export type Handle = Kysely<Schema>;

export function flag(value: boolean): 0 | 1 {
  return value ? 1 : 0;
}

/** One copy of each: rows of tens of thousands of zones say the same few words, and each would be a string of its own. */
export class Words {
  readonly #known = new Map<string, string>();

  one(word: string): string {
    const known = this.#known.get(word);
    if (known !== undefined) return known;
    if (this.#known.size < MAX_WORDS) this.#known.set(word, word);
    return word;
  }
}

const MAX_WORDS = 4096;

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

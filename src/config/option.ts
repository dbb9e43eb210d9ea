/** What one option of the table is, and how one is written down. */
import type { Kind } from "./kinds.ts";

export type Option<T = unknown> = {
  readonly kind: Kind<T>;
  /** Undefined: the option may be absent. */
  readonly fallback: T | undefined;
  readonly sentence: string;
  /** Never printed, and not accepted as a flag: command lines are public. */
  readonly secret?: boolean;
  /** Taken over on SIGHUP without a restart. */
  readonly reloads?: boolean;
};

export function given<T>(kind: Kind<T>, fallback: T, sentence: string, more?: Pick<Option, "secret" | "reloads">) {
  return { kind, fallback, sentence, ...more } as Option<T> & { readonly fallback: T };
}

export function optional<T>(kind: Kind<T>, sentence: string, more?: Pick<Option, "secret" | "reloads">) {
  return { kind, fallback: undefined, sentence, ...more } as Option<T> & { readonly fallback: undefined };
}

/** What the parts of this room are handed. */
import type { Store } from "#store";
import type { Operator } from "./askers.ts";
import type { PasswordHasher } from "./password.ts";

/** From the configuration; may change on SIGHUP. */
export type IdentitySettings = {
  /** Of the operator. */
  readonly email: string;
  readonly sessionIdleSeconds: number;
  readonly sessionSeconds: number;
};

/** An event; never with a secret, and never with what somebody typed. */
export type Telling = {
  readonly level: "info" | "warning" | "error";
  readonly code: string;
  readonly message: string;
  readonly detail?: Readonly<Record<string, unknown>>;
};

export type Deps = {
  readonly store: Store;
  readonly hasher: PasswordHasher;
  readonly settings: () => IdentitySettings;
  readonly operator: () => Promise<Operator>;
  readonly tell: (event: Telling) => void;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
};

/** What the parts of this room are handed. */
import type { Role } from "#contract";
import type { Store } from "#store";
import type { Operator } from "./askers.ts";
import type { PasswordHasher } from "./password.ts";

/** From the configuration; may change on SIGHUP. */
export type IdentitySettings = {
  /** Of the operator. */
  readonly email: string;
  readonly sessionIdleSeconds: number;
  readonly sessionSeconds: number;
  /** Undefined: nobody signs in at an OpenID provider. */
  readonly provider: ProviderSettings | undefined;
};

/** The one OpenID provider at which people may sign in. */
export type ProviderSettings = {
  readonly issuer: string;
  readonly clientId: string;
  /** Undefined: a public client, which PKCE alone protects. */
  readonly clientSecret: string | undefined;
  /** Where browsers find the dashboard, without a slash at its end. */
  readonly dashboardUrl: string;
  /** For people: "Sign in with NAME". */
  readonly name: string;
  readonly scopes: readonly string[];
  /** The claim that says what somebody may; dots lead into objects. */
  readonly rolesClaim: string;
  /** Values of that claim which give a role; all empty: the claim is not looked at. */
  readonly roleValues: Readonly<Record<Role, readonly string[]>>;
  readonly newUsers: "refuse" | "make";
  /** Of users that are made, where no claim gives a role. */
  readonly newUserRole: Role;
  /** Empty: addresses of every domain, and none at all. */
  readonly emailDomains: readonly string[];
  /** A user with the same address, verified by the provider, is tied to who comes. */
  readonly matchesEmail: boolean;
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

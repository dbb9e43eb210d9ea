/** Who asks: the token behind a secret, the session behind a cookie, the user behind both, the accounts. */
import {
  type Account,
  type Asker,
  type From,
  type IdentityService,
  type Outcome,
  printTime,
  type TokenPolicy,
} from "#contract";
import type { AccountRow, Store, TokenRow } from "#store";
import { operatorAsker, shownStatus, tokenAsker } from "./askers.ts";
import type { Deps, IdentitySettings, Telling } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { PasswordHasher } from "./password.ts";
import { readGrants } from "./policies.ts";
import { hashSecret, SECRET_MAX, sameSecret } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import { makeSingleSignOn } from "./single-sign-on.ts";
import { makeTokenService, mayComeFrom } from "./tokens.ts";
import { makeUserService } from "./users.ts";

export type IdentityOptions = {
  readonly store: Store;
  readonly settings: () => IdentitySettings;
  readonly tell: (event: Telling) => void;
  readonly nowMs: () => number;
};

export function makeIdentityService(options: IdentityOptions): IdentityService {
  const { store, settings } = options;
  const operator = async () => {
    const [account] = await store.accounts.list();
    return { id: account?.id ?? "0".repeat(32), email: settings().email };
  };
  const deps: Deps = { ...options, operator, hasher: new PasswordHasher() };
  const sessions = new Sessions(deps);
  const { signOutUrl, ...singleSignOn } = makeSingleSignOn(deps, sessions);
  return {
    authenticate: (secret, from) => authenticate(deps, secret, from),
    async authenticateKey(email, key, from) {
      // Both are always looked at, so that the time says nothing about which of them was wrong.
      const found = await authenticate(deps, key, from);
      const same = sameSecret(email.toLowerCase(), settings().email.toLowerCase());
      return found.ok && found.value.isOperator && same ? found : refused("auth.key-unknown");
    },
    signIn: (request, from) => sessions.signIn(request, from),
    findSession: (secret) => sessions.find(secret),
    ...singleSignOn,
    async signOut(sessionId) {
      const row = await store.sessions.find(sessionId);
      await store.sessions.remove(sessionId);
      return row?.way === "provider" ? signOutUrl() : null;
    },
    async isGood(asker) {
      if (asker.by === "session") return sessions.isGood(asker.id);
      const row = await store.tokens.find(asker.id);
      return row !== undefined && (await askerOf(deps, row)) !== undefined;
    },
    async user(asker) {
      const user = await store.users.find(asker.userId);
      const [account] = await store.accounts.list();
      const createdOn = printTime(user?.createdAt ?? account?.createdAt ?? 0);
      return { id: asker.userId, email: asker.email, name: user?.name, createdOn };
    },
    async listAccounts() {
      return (await store.accounts.list()).map(shownAccount);
    },
    async getAccount(accountId) {
      const row = await store.accounts.find(accountId);
      return row ? done(shownAccount(row)) : refused("account.not-found", accountId);
    },
    ...makeUserService(deps),
    ...makeTokenService(deps),
  };
}

/** A use is written down when the last one is older than this. */
const USE_STEP_MS = 60_000;

async function authenticate(deps: Deps, secret: string, from: From): Promise<Outcome<Asker>> {
  const { store, nowMs } = deps;
  if (secret.length === 0 || secret.length > SECRET_MAX) return refused("auth.refused");
  const hash = hashSecret(secret);
  const row = await store.tokens.findByHash(hash);
  // The look-up was by digest; comparing the digests again in constant time costs nothing and depends on no index.
  if (!row || !sameSecret(row.hash, hash)) return refused("auth.refused");
  const asker = await askerOf(deps, row);
  if (!asker) return refused("auth.refused");
  if (!mayComeFrom(row.condition, from.address)) return refused("auth.address", from.address);
  const now = nowMs();
  if (now - (row.usedAt ?? 0) > USE_STEP_MS && row.kind !== "operator") await store.tokens.used(row.id, now);
  return done(asker);
}

/** Undefined when the token, or the user whose it is, is not good now. */
async function askerOf({ store, operator, nowMs }: Deps, row: TokenRow): Promise<Asker | undefined> {
  const shown = shownStatus(row, nowMs());
  if (shown.status !== "active") return undefined;
  if (row.kind === "operator") return operatorAsker("token", await operator(), shown);
  const user = row.userId === null ? undefined : await store.users.find(row.userId);
  if (row.userId !== null && (!user || user.disabled)) return undefined;
  return tokenAsker(row, user, await operator(), shown, readGrants(row.policies as readonly TokenPolicy[]));
}

function shownAccount(row: AccountRow): Account {
  return {
    id: row.id,
    name: row.name,
    type: "enterprise",
    created_on: printTime(row.createdAt),
    settings: { enforce_twofactor: false, abuse_contact_email: null },
  };
}

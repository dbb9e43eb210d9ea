/** Who asks: the token behind a secret, the session behind a cookie, the user behind both, the accounts. */
import { type Account, type Asker, type IdentityService, type Outcome, printTime } from "#contract";
import type { AccountRow, Store } from "#store";
import { operatorAsker, shownStatus } from "./askers.ts";
import type { Deps, IdentitySettings, Telling } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { PasswordHasher } from "./password.ts";
import { hashSecret, SECRET_MAX, sameSecret } from "./secrets.ts";
import { Sessions } from "./sessions.ts";
import { makeUserService } from "./users.ts";

export type IdentityOptions = {
  readonly store: Store;
  readonly settings: () => IdentitySettings;
  readonly tell: (event: Telling) => void;
  readonly nowMs: () => number;
};

export function makeIdentityService(options: IdentityOptions): IdentityService {
  const { store, settings, nowMs } = options;
  const operator = async () => {
    const [account] = await store.accounts.list();
    return { id: account?.id ?? "0".repeat(32), email: settings().email };
  };
  const deps: Deps = { ...options, operator, hasher: new PasswordHasher() };
  const sessions = new Sessions(deps);
  return {
    authenticate: (secret) => authenticate(deps, secret),
    async authenticateKey(email, key) {
      // Both are always looked at, so that the time says nothing about which of them was wrong.
      const found = await authenticate(deps, key);
      const same = sameSecret(email.toLowerCase(), settings().email.toLowerCase());
      return found.ok && found.value.isOperator && same ? found : refused("auth.key-unknown");
    },
    signIn: (request, from) => sessions.signIn(request, from),
    findSession: (secret) => sessions.find(secret),
    async signOut(sessionId) {
      await store.sessions.remove(sessionId);
    },
    async isGood(asker) {
      if (asker.by === "session") return sessions.isGood(asker.id);
      const row = await store.tokens.find(asker.id);
      return row !== undefined && shownStatus(row, nowMs()).status === "active";
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
  };
}

async function authenticate({ store, nowMs, operator }: Deps, secret: string): Promise<Outcome<Asker>> {
  if (secret.length === 0 || secret.length > SECRET_MAX) return refused("auth.refused");
  const hash = hashSecret(secret);
  const row = await store.tokens.findByHash(hash);
  // The look-up was by digest; comparing the digests again in constant time costs nothing and depends on no index.
  if (!row || !sameSecret(row.hash, hash)) return refused("auth.refused");
  const shown = shownStatus(row, nowMs());
  if (shown.status !== "active" || row.kind !== "operator") return refused("auth.refused");
  return done(operatorAsker("token", await operator(), shown));
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

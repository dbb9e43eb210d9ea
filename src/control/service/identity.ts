/** Who asks: the token behind a secret, the one operator, the accounts. */
import { createHash, timingSafeEqual } from "node:crypto";
import { type Account, type IdentityService, printTime, type Token } from "#contract";
import type { AccountRow, Store, TokenRow } from "#store";
import { done, refused } from "./outcome.ts";

/** Secrets longer than this are no tokens of ours; hashing them would be the caller's choice of our work. */
const SECRET_MAX = 512;

export function makeIdentityService(store: Store, email: () => string, now: () => number): IdentityService {
  return {
    async authenticate(secret) {
      if (secret.length === 0 || secret.length > SECRET_MAX) return undefined;
      const hash = hashSecret(secret);
      const row = await store.tokens.findByHash(hash);
      // The look-up was by digest; comparing the digests again in constant time costs nothing and depends on no index.
      if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(hash))) return undefined;
      return shownToken(row, now());
    },
    async user() {
      const [account] = await store.accounts.list();
      return { id: account?.id ?? "0".repeat(32), email: email(), createdOn: printTime(account?.createdAt ?? 0) };
    },
    async listAccounts() {
      return (await store.accounts.list()).map(shownAccount);
    },
    async getAccount(accountId) {
      const row = await store.accounts.find(accountId);
      return row ? done(shownAccount(row)) : refused("account.not-found", accountId);
    },
  };
}

/** What the store keeps of a token's secret: SHA-256, lower-case hex. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

function shownToken(row: TokenRow, now: number): Token {
  const expired = row.expiresAt !== null && row.expiresAt <= now;
  const early = row.notBefore !== null && row.notBefore > now;
  return {
    id: row.id,
    status: expired ? "expired" : early ? "disabled" : row.status,
    ...(row.expiresAt === null ? {} : { expires_on: printTime(row.expiresAt) }),
    ...(row.notBefore === null ? {} : { not_before: printTime(row.notBefore) }),
  };
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

/** What has to be in the store before the first request: an account, and the operator's token. */
import { hashSecret } from "#identity";
import { type AccountRow, newId, type Store } from "#store";

/** The first account, made at the first start. `now`: milliseconds since 1970. */
export async function ensureAccount(store: Store, name: string, now: number): Promise<AccountRow> {
  const [first] = await store.accounts.list();
  if (first) return first;
  const account: AccountRow = { id: newId(), name, createdAt: now };
  await store.accounts.add(account);
  return account;
}

const ADMIN = "admin";

/** Makes `secret` the operator's token, in place of an earlier one: a token that was changed must not stay good. */
export async function ensureAdminToken(store: Store, secret: string, now: number): Promise<void> {
  const hash = hashSecret(secret);
  await store.atomically(async (tables) => {
    const admins = (await tables.tokens.list()).filter(({ kind }) => kind === "operator");
    for (const token of admins) if (token.hash !== hash) await tables.tokens.remove(token.id);
    if (admins.some((token) => token.hash === hash)) return;
    await tables.tokens.put({
      id: newId(),
      name: ADMIN,
      hash,
      status: "active",
      kind: "operator",
      userId: null,
      accountId: null,
      policies: [],
      condition: null,
      modifiedAt: now,
      usedAt: null,
      createdAt: now,
      expiresAt: null,
      notBefore: null,
    });
  });
}

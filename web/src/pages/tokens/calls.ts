/** One's own tokens and the account's are the same things at two places of the API. */
import { useAccountId } from "../../fetch/account.ts";
import type { Params } from "../../fetch/types.ts";

const OWN = {
  owner: "user",
  list: "user.tokens.list",
  groups: "user.tokens.groups",
  create: "user.tokens.create",
  update: "user.tokens.update",
  remove: "user.tokens.delete",
  value: "user.tokens.value",
  verify: "user.tokens.verify",
} as const;

const ACCOUNT = {
  owner: "account",
  list: "accounts.tokens.list",
  groups: "accounts.tokens.groups",
  create: "accounts.tokens.create",
  update: "accounts.tokens.update",
  remove: "accounts.tokens.delete",
  value: "accounts.tokens.value",
  verify: "accounts.tokens.verify",
} as const;

export type TokenOwner = "user" | "account";

export type TokenCalls = (typeof OWN | typeof ACCOUNT) & { readonly params: Params };

/** Undefined while the account is asked for. */
export function useTokenCalls(owner: TokenOwner): TokenCalls | undefined {
  const accountId = useAccountId();
  if (owner === "user") return { ...OWN, params: {} };
  return accountId === undefined ? undefined : { ...ACCOUNT, params: { accountId } };
}

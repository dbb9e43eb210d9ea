/** From rows to `Asker`s: who it is, what he may, and what `tokens/verify` shows of him. */
import { type Asker, type Grant, printTime, type Token } from "#contract";
import type { SessionRow, TokenRow, UserRow } from "#store";

/** The operator, who has no row: his address is an option, his secret the configured token. */
export type Operator = { readonly id: string; readonly email: string };

export function operatorAsker(by: Asker["by"], operator: Operator, token: Token, id = token.id): Asker {
  const { id: userId, email } = operator;
  return {
    by,
    id,
    userId,
    email,
    name: "Operator",
    role: "admin",
    grants: undefined,
    isLocalUser: false,
    isOperator: true,
    token,
  };
}

export function userAsker(session: SessionRow, user: UserRow): Asker {
  const { id: userId, email, name, role } = user;
  const token: Token = { id: session.id, status: "active" };
  return {
    by: "session",
    id: session.id,
    userId,
    email,
    name,
    role,
    grants: undefined,
    isLocalUser: true,
    isOperator: false,
    token,
  };
}

/** A user's token can't do more than the user: his role holds beside its policies. `user` undefined: the operator's, an account's. */
export function tokenAsker(
  row: TokenRow,
  user: UserRow | undefined,
  operator: Operator,
  token: Token,
  grants: readonly Grant[],
): Asker {
  const { id: userId, email } = user ?? operator;
  const role = user?.role ?? "admin";
  return {
    by: "token",
    id: row.id,
    userId,
    email,
    name: row.name,
    role,
    grants,
    isLocalUser: user !== undefined,
    isOperator: false,
    token,
  };
}

export function shownStatus(row: TokenRow, now: number): Token {
  const expired = row.expiresAt !== null && row.expiresAt <= now;
  const early = row.notBefore !== null && row.notBefore > now;
  return {
    id: row.id,
    status: expired ? "expired" : early ? "disabled" : row.status,
    ...(row.expiresAt === null ? {} : { expires_on: printTime(row.expiresAt) }),
    ...(row.notBefore === null ? {} : { not_before: printTime(row.notBefore) }),
  };
}

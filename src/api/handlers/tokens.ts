/** API tokens: a user's own, and the account's. */
import type { Asker, TokenOwner } from "#contract";
import { cutPage, done, type HandlersOf, mapped } from "../call.ts";

const PAGE_LIMITS = { fallback: 20, max: 1000 };

function his(asker: Asker): TokenOwner {
  return { userId: asker.isLocalUser ? asker.userId : undefined };
}

export const tokenHandlers: HandlersOf<"user.tokens" | "accounts.tokens"> = {
  "user.tokens.verify": async ({ asker }) => done(asker.token),
  "user.tokens.list": async ({ service, asker, query }) =>
    mapped(await service.listTokens(his(asker), query.include_expired), (all) =>
      cutPage(query.direction === "desc" ? [...all].reverse() : all, query, PAGE_LIMITS),
    ),
  "user.tokens.create": async ({ service, asker, body }) => service.createToken(asker, his(asker), body),
  "user.tokens.groups": async ({ service, query }) => service.listGroups(query),
  "user.tokens.get": async ({ service, asker, params: p }) => service.getToken(his(asker), p["tokenId"]!),
  "user.tokens.update": async ({ service, asker, params: p, body }) =>
    service.updateToken(asker, his(asker), p["tokenId"]!, body),
  "user.tokens.delete": async ({ service, asker, params: p }) => service.deleteToken(asker, his(asker), p["tokenId"]!),
  "user.tokens.value": async ({ service, asker, params: p }) => service.rollToken(asker, his(asker), p["tokenId"]!),

  "accounts.tokens.verify": async ({ service, asker, params: p }) =>
    mapped(await service.getAccount(p["accountId"]!), () => asker.token),
  "accounts.tokens.list": async ({ service, params: p, query }) =>
    mapped(await service.listTokens({ accountId: p["accountId"]! }, query.include_expired), (all) =>
      cutPage(query.direction === "desc" ? [...all].reverse() : all, query, PAGE_LIMITS),
    ),
  "accounts.tokens.create": async ({ service, asker, params: p, body }) => {
    const account = await service.getAccount(p["accountId"]!);
    return account.ok ? service.createToken(asker, { accountId: account.value.id }, body) : account;
  },
  "accounts.tokens.groups": async ({ service, query }) => service.listGroups(query),
  "accounts.tokens.get": async ({ service, params: p }) =>
    service.getToken({ accountId: p["accountId"]! }, p["tokenId"]!),
  "accounts.tokens.update": async ({ service, asker, params: p, body }) =>
    service.updateToken(asker, { accountId: p["accountId"]! }, p["tokenId"]!, body),
  "accounts.tokens.delete": async ({ service, asker, params: p }) =>
    service.deleteToken(asker, { accountId: p["accountId"]! }, p["tokenId"]!),
  "accounts.tokens.value": async ({ service, asker, params: p }) =>
    service.rollToken(asker, { accountId: p["accountId"]! }, p["tokenId"]!),
};

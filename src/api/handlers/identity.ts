/** User, tokens, accounts. */
import type { User } from "#contract";
import { cutPage, done, type HandlersOf } from "../call.ts";
import { tokenHandlers } from "./tokens.ts";

const PAGE_LIMITS = { fallback: 20, max: 1000 };

export const identityHandlers: HandlersOf<"user" | "accounts"> = {
  "user.get": async ({ service, asker }) => {
    const { id, email, name, createdOn } = await service.user(asker);
    const user: User = {
      id,
      email,
      first_name: name ?? null,
      last_name: null,
      username: email,
      telephone: null,
      country: null,
      zipcode: null,
      two_factor_authentication_enabled: false,
      two_factor_authentication_locked: false,
      suspended: false,
      has_pro_zones: false,
      has_business_zones: false,
      has_enterprise_zones: true,
      betas: [],
      organizations: [],
      created_on: createdOn,
      modified_on: createdOn,
    };
    return done(user);
  },
  ...tokenHandlers,
  "accounts.list": async ({ service, query }) => {
    const name = query.name?.toLowerCase();
    const accounts = (await service.listAccounts()).filter(
      (account) => name === undefined || account.name.toLowerCase() === name,
    );
    return done(cutPage(query.direction === "desc" ? accounts.reverse() : accounts, query, PAGE_LIMITS));
  },
  "accounts.get": async ({ service, params }) => service.getAccount(params["accountId"]!),
};

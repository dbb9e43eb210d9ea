/** API tokens: a user's own, and the account's. */
import { z } from "zod";
import { Deleted } from "../common.ts";
import {
  ApiToken,
  ApiTokenCreate,
  ApiTokenCreated,
  ApiTokenQuery,
  ApiTokenUpdate,
  PermissionGroup,
  PermissionGroupQuery,
} from "../token.ts";
import { ACCOUNT, Anything, type Route, route, V4 } from "./route.ts";

const USER = `${V4}/user/tokens`;
const ONE = `${USER}/{tokenId}`;
const ACCOUNTS = `${ACCOUNT}/tokens`;
const ACCOUNTS_ONE = `${ACCOUNTS}/{tokenId}`;
const query = ApiTokenQuery;
const groups = { query: PermissionGroupQuery };

export const tokensRoutes = {
  "user.tokens.list": route("GET", USER, "One's own tokens", "page", ApiToken, { query }),
  "user.tokens.create": route("POST", USER, "Create a token; its secret is shown this once", "one", ApiTokenCreated, {
    body: ApiTokenCreate,
  }),
  "user.tokens.groups": route("GET", `${USER}/permission_groups`, "Permission groups", "list", PermissionGroup, groups),
  "user.tokens.get": route("GET", ONE, "Token", "one", ApiToken),
  "user.tokens.update": route("PUT", ONE, "Replace a token", "one", ApiToken, { body: ApiTokenUpdate }),
  "user.tokens.delete": route("DELETE", ONE, "Delete a token: it is good for nothing from now on", "one", Deleted),
  "user.tokens.value": route("PUT", `${ONE}/value`, "Roll: another secret, shown this once", "one", z.string(), {
    body: Anything,
  }),
  "accounts.tokens.list": route("GET", ACCOUNTS, "The account's tokens", "page", ApiToken, { query }),
  "accounts.tokens.create": route("POST", ACCOUNTS, "Create a token of the account", "one", ApiTokenCreated, {
    body: ApiTokenCreate,
  }),
  "accounts.tokens.groups": route(
    "GET",
    `${ACCOUNTS}/permission_groups`,
    "Permission groups",
    "list",
    PermissionGroup,
    groups,
  ),
  "accounts.tokens.get": route("GET", ACCOUNTS_ONE, "Token of the account", "one", ApiToken),
  "accounts.tokens.update": route("PUT", ACCOUNTS_ONE, "Replace it", "one", ApiToken, { body: ApiTokenUpdate }),
  "accounts.tokens.delete": route("DELETE", ACCOUNTS_ONE, "Delete it", "one", Deleted),
  "accounts.tokens.value": route("PUT", `${ACCOUNTS_ONE}/value`, "Roll: another secret", "one", z.string(), {
    body: Anything,
  }),
} as const satisfies Record<string, Route>;

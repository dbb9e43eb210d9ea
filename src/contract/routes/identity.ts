/** Who asks: the user, tokens, accounts. */
import { z } from "zod";
import { Account, Token, User } from "../account.ts";
import { PageQuery } from "../common.ts";
import { ACCOUNT, type Route, route, V4 } from "./route.ts";

export const identityRoutes = {
  "user.get": route("GET", `${V4}/user`, "User", "one", User),
  "user.tokens.verify": route("GET", `${V4}/user/tokens/verify`, "Verify the token", "one", Token),
  "accounts.list": route("GET", `${V4}/accounts`, "List accounts", "page", Account, {
    query: PageQuery.extend({ name: z.string().optional(), direction: z.enum(["asc", "desc"]).default("asc") }),
  }),
  "accounts.get": route("GET", ACCOUNT, "Account", "one", Account),
  "accounts.tokens.verify": route("GET", `${ACCOUNT}/tokens/verify`, "Verify the token", "one", Token),
} as const satisfies Record<string, Route>;

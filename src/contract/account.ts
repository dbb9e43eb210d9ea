/** Who asks: the user, the token, the accounts. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

export const Account = z
  .object({
    id: Id,
    name: z.string(),
    type: z.enum(["standard", "enterprise"]),
    created_on: Time,
    settings: z.object({ enforce_twofactor: z.boolean(), abuse_contact_email: z.string().nullable() }),
  })
  .meta({ id: "Account" });
export type Account = z.infer<typeof Account>;

export const User = z
  .object({
    id: Id,
    email: z.string(),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    username: z.string(),
    telephone: z.string().nullable(),
    country: z.string().nullable(),
    zipcode: z.string().nullable(),
    two_factor_authentication_enabled: z.boolean(),
    two_factor_authentication_locked: z.boolean(),
    suspended: z.boolean(),
    has_pro_zones: z.boolean(),
    has_business_zones: z.boolean(),
    has_enterprise_zones: z.boolean(),
    betas: z.array(z.string()),
    organizations: z.array(z.unknown()),
    created_on: Time,
    modified_on: Time,
  })
  .meta({ id: "User" });
export type User = z.infer<typeof User>;

export const Token = z
  .object({
    id: Id,
    status: z.enum(["active", "disabled", "expired"]),
    expires_on: Time.optional(),
    not_before: Time.optional(),
  })
  .meta({ id: "Token" });
export type Token = z.infer<typeof Token>;

/** What the service knows about who asks. `name` undefined: the operator, who has none. */
export type UserFacts = {
  readonly id: string;
  readonly email: string;
  readonly name: string | undefined;
  readonly createdOn: string;
};

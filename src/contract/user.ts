/** Users of this installation, as admins see them; and the sessions that one has. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Email, PASSWORD_MAX, PASSWORD_MIN, Role, SignInWay } from "./session.ts";
import { Time } from "./time.ts";

export const LocalUser = z
  .object({
    id: Id,
    email: z.string(),
    name: z.string(),
    role: Role,
    disabled: z.boolean(),
    /** False: signs in at the OpenID provider alone, or not at all yet. */
    has_password: z.boolean(),
    /** Known to the OpenID provider under some name. */
    has_single_sign_on: z.boolean(),
    /** What the provider calls him (`sub`); null: not tied to anybody there. */
    subject: z.string().nullable(),
    created_on: Time,
    modified_on: Time,
    signed_in_on: Time.nullable(),
  })
  .meta({ id: "LocalUser" });
export type LocalUser = z.infer<typeof LocalUser>;

/** Long is good; which characters does not matter (NIST SP 800-63B section 3.1.1.2). */
export const NewPassword = z.string().min(PASSWORD_MIN).max(PASSWORD_MAX);

/** OpenID Connect Core 1.0 section 2: at most 255 ASCII characters. */
const Subject = z
  .string()
  .max(255)
  .regex(/^[\x21-\x7e]+$/, "what the provider calls the user: the claim sub")
  .nullable();

const Name = z.string().trim().min(1).max(120);

export const LocalUserCreate = z.object({
  email: Email,
  name: Name.optional(),
  role: Role,
  /** Without one the user can't sign in by password until one is set. */
  password: NewPassword.optional(),
  /** Ties the user to somebody at the OpenID provider. */
  subject: Subject.optional(),
});
export type LocalUserCreate = z.infer<typeof LocalUserCreate>;

export const LocalUserEdit = z.object({
  email: Email.optional(),
  name: Name.optional(),
  role: Role.optional(),
  disabled: z.boolean().optional(),
  /** Null unties. */
  subject: Subject.optional(),
});
export type LocalUserEdit = z.infer<typeof LocalUserEdit>;

export const PasswordSet = z.object({ password: NewPassword });
export const PasswordChange = z.object({ current: z.string().min(1).max(PASSWORD_MAX), password: NewPassword });
export type PasswordChange = z.infer<typeof PasswordChange>;

export const OwnSession = z
  .object({
    id: Id,
    /** The one that asks. */
    current: z.boolean(),
    address: z.string(),
    /** What the browser calls itself. */
    agent: z.string(),
    way: SignInWay,
    created_on: Time,
    used_on: Time,
    expires_on: Time,
  })
  .meta({ id: "OwnSession" });
export type OwnSession = z.infer<typeof OwnSession>;

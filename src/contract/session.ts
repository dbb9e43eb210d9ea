/** Who is signed in at the dashboard: roles, sessions, what signing in takes. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

/**
 * `viewer` reads everything but secrets, `operator` changes everything but who may do what, `admin` does that, too. Each
 * role may what the one before it may.
 */
export const ROLES = ["viewer", "operator", "admin"] as const;
export const Role = z.enum(ROLES);
export type Role = z.infer<typeof Role>;

/** Longest e-mail address (RFC 5321 section 4.5.3.1), and of a password, octets in UTF-8 at most four times that. */
export const EMAIL_MAX = 254;
export const PASSWORD_MIN = 12;
export const PASSWORD_MAX = 256;

export const Email = z
  .string()
  .trim()
  .max(EMAIL_MAX)
  .regex(/^[^\s@]+@[^\s@]+$/, "an e-mail address, name@domain")
  .transform((text) => text.toLowerCase());

/** By e-mail and password, or by the admin token. */
export const SessionCreate = z.union([
  z.object({ email: z.string().min(1).max(EMAIL_MAX), password: z.string().min(1).max(PASSWORD_MAX) }),
  z.object({ token: z.string().min(1).max(512) }),
]);
export type SessionCreate = z.infer<typeof SessionCreate>;

export const SessionUser = z.object({
  id: Id,
  email: z.string(),
  name: z.string(),
  role: Role,
  /** Signed in by the admin token: no user of his own stands behind it. */
  is_operator: z.boolean(),
});
export type SessionUser = z.infer<typeof SessionUser>;

/** How somebody signed in: by a password, by the admin token, or at the OpenID provider. */
export const SIGN_IN_WAYS = ["password", "token", "provider"] as const;
export const SignInWay = z.enum(SIGN_IN_WAYS);
export type SignInWay = z.infer<typeof SignInWay>;

export const Session = z
  .object({
    user: SessionUser,
    way: SignInWay,
    /** Sent back as the header x-csrf-token with every call that writes. */
    csrf: z.string(),
    /** Without use until then, or with use at the end of the longest time, the session is over. */
    expires_on: Time,
  })
  .meta({ id: "Session" });
export type Session = z.infer<typeof Session>;

/** Whoever asks, by token or session, and what he may: what a program looks at before it tries. */
export const WhoAmI = z
  .object({
    by: z.enum(["token", "session"]),
    email: z.string().nullable(),
    name: z.string().nullable(),
    role: Role,
    /** The operator's own token (or a session that was opened by it). */
    is_operator: z.boolean(),
    /** Of a token with policies: the groups that they allow, by name, such as "DNS Read"; null: whatever the role may. */
    permission_groups: z.array(z.string()).nullable(),
  })
  .meta({ id: "WhoAmI" });
export type WhoAmI = z.infer<typeof WhoAmI>;

export const SESSION_COOKIE = "countersign_session";
export const CSRF_HEADER = "x-csrf-token";

/** What ended; and where, if anywhere, one can sign out at the provider, too. */
export const SignedOut = z.object({ id: Id, provider_url: z.string().nullable() }).meta({ id: "SignedOut" });
export type SignedOut = z.infer<typeof SignedOut>;

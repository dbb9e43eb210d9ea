/** Signing in at an OpenID provider (OpenID Connect Core 1.0, authorization code with PKCE): what the dashboard and the operator see of it. */
import { z } from "zod";
import { Session } from "./session.ts";
import { Time } from "./time.ts";

/**
 * `unasked`: nobody had to ask it yet, or it has not answered yet. `ready`: it described itself. `failed`: it did not; local
 * sign-in goes on.
 */
export const PROVIDER_STATES = ["unasked", "ready", "failed"] as const;

/** What the sign-in page offers beside password and token. */
export const SignInWays = z
  .object({
    /** Null: none is set up. */
    provider: z
      .object({
        name: z.string(),
        state: z.enum(PROVIDER_STATES),
        /** What is wrong, in a sentence, without addresses of the inside. */
        problem: z.string().nullable(),
      })
      .nullable(),
  })
  .meta({ id: "SignInWays" });
export type SignInWays = z.infer<typeof SignInWays>;

/** Longest place within the dashboard that is gone back to. */
const RETURN_TO_MAX = 512;

/** A path of our own: one slash, then neither another nor a backslash, which browsers take for one; no control characters. */
export const RETURN_TO = /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/;

export const ProviderSignInBegin = z.object({
  /** Where in the dashboard to go on afterwards. */
  return_to: z.string().max(RETURN_TO_MAX).regex(RETURN_TO, "a path of the dashboard, such as /zones").default("/"),
});
export type ProviderSignInBegin = z.infer<typeof ProviderSignInBegin>;

/** The browser goes there; the answer's cookie ties what comes back to this browser. */
export const ProviderSignInBegun = z.object({ url: z.string() }).meta({ id: "ProviderSignInBegun" });
export type ProviderSignInBegun = z.infer<typeof ProviderSignInBegun>;

/** With what the provider sent the browser back: the query of the address, as it came. */
export const ProviderSignInFinish = z.object({ returned: z.string().min(1).max(4096) });
export type ProviderSignInFinish = z.infer<typeof ProviderSignInFinish>;

export const ProviderSignedIn = z.object({ session: Session, return_to: z.string() }).meta({ id: "ProviderSignedIn" });
export type ProviderSignedIn = z.infer<typeof ProviderSignedIn>;

/** The provider as the operator's own doctor sees it: asked anew. */
export const ProviderCheck = z
  .object({
    /** False: none is set up, all else is null. */
    configured: z.boolean(),
    name: z.string().nullable(),
    issuer: z.string().nullable(),
    client_id: z.string().nullable(),
    /** To be entered at the provider, to the letter. */
    redirect_uri: z.string().nullable(),
    state: z.enum(PROVIDER_STATES),
    problem: z.string().nullable(),
    /** End of the certificate that it showed; null without TLS, or when it showed none. */
    certificate_ends_on: Time.nullable(),
    /** Whether one can sign out there, too. */
    signs_out: z.boolean(),
    /** What to look at although it works. */
    warnings: z.array(z.string()),
  })
  .meta({ id: "ProviderCheck" });
export type ProviderCheck = z.infer<typeof ProviderCheck>;

/** Where people sign in with passwords alone. */
export const NO_PROVIDER: ProviderCheck = {
  configured: false,
  name: null,
  issuer: null,
  client_id: null,
  redirect_uri: null,
  state: "unasked",
  problem: null,
  certificate_ends_on: null,
  signs_out: false,
  warnings: [],
};

/** Ties what the provider sends back to the browser that began. */
export const SIGN_IN_COOKIE = "countersign_sign_in";
/** The place within the dashboard to which the provider sends the browser back. */
export const PROVIDER_RETURN_PATH = "/sign-in/return";

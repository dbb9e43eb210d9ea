/**
 * The OpenID provider: what it says of itself, where browsers are sent, and what an answer is worth. The protocol is
 * openid-client's (ADR 13); here are its settings, its cache and its errors in our words.
 *
 *   [unasked] ── first use ──▶ [asking] ──▶ [ready]   asked anew after an hour, before a sign-in after a minute
 *                                  └──────▶ [failed]  asked anew after some seconds, when somebody wants it
 */
import * as openid from "openid-client";
import { PROVIDER_RETURN_PATH } from "#contract";
import { isLoopbackHost } from "#net";
import { type Claims, lacksClaims } from "./claims.ts";
import type { ProviderSettings } from "./deps.ts";
import { findOtherIssuer, type ProviderFault, readProviderError } from "./provider-faults.ts";
import { makeProviderFetch } from "./provider-fetch.ts";

export const READY_MS = 3_600_000;
const FAILED_MS = 10_000;
/** Between their clock and ours. */
const CLOCK_TOLERANCE_SECONDS = 30;
const TIMEOUT_SECONDS = 10;

export type Known =
  | { readonly ok: true; readonly config: openid.Configuration; readonly certificateEndsAt: number | undefined }
  | { readonly ok: false; readonly fault: ProviderFault };

export type Checks = { readonly state: string; readonly nonce: string; readonly codeVerifier: string };

export type Answered =
  | { readonly ok: true; readonly issuer: string; readonly subject: string; readonly claims: Claims }
  | { readonly ok: false; readonly fault: ProviderFault };

/** Keeps: one question for its description at a time; its last answer, and the last good one. */
export class Provider {
  readonly settings: ProviderSettings;
  readonly #nowMs: () => number;
  #last: Known | undefined;
  #lastAt = 0;
  #good: (Known & { readonly ok: true }) | undefined;
  #asking: Promise<Known> | undefined;

  constructor(settings: ProviderSettings, nowMs: () => number) {
    this.settings = settings;
    this.#nowMs = nowMs;
  }

  /** What it answered last, without asking. */
  get last(): Known | undefined {
    return this.#last;
  }

  get redirectUri(): string {
    return `${this.settings.dashboardUrl}${PROVIDER_RETURN_PATH}`;
  }

  /** What it says of itself now, or said not longer ago than that. */
  describe(oldestMs: number): Promise<Known> {
    if (this.#asking) return this.#asking;
    const age = this.#nowMs() - this.#lastAt;
    if (this.#last && age < (this.#last.ok ? oldestMs : Math.min(oldestMs, FAILED_MS))) {
      return Promise.resolve(this.#last);
    }
    this.#asking = discover(this.settings)
      .then((known) => {
        this.#last = known;
        this.#lastAt = this.#nowMs();
        if (known.ok) this.#good = known;
        return known;
      })
      // After an accident as well: else all who come later would be told of this one.
      .finally(() => {
        this.#asking = undefined;
      });
    return this.#asking;
  }

  /** For what goes on: what was good is used while it does not describe itself; whether it still holds shows in its answers. */
  async describeOnce(): Promise<Known> {
    const known = await this.describe(READY_MS);
    return known.ok ? known : (this.#good ?? known);
  }

  /** Where the browser is sent, and what has to come back. */
  async begin(config: openid.Configuration): Promise<Checks & { readonly url: string }> {
    const checks = {
      state: openid.randomState(),
      nonce: openid.randomNonce(),
      codeVerifier: openid.randomPKCECodeVerifier(),
    };
    const url = openid.buildAuthorizationUrl(config, {
      redirect_uri: this.redirectUri,
      scope: this.settings.scopes.join(" "),
      state: checks.state,
      nonce: checks.nonce,
      code_challenge: await openid.calculatePKCECodeChallenge(checks.codeVerifier),
      code_challenge_method: "S256",
    });
    return { ...checks, url: url.href };
  }

  /** `returned`: the query with which the browser came back. Its code is changed for an ID token, and that is checked. */
  async finish(config: openid.Configuration, returned: string, checks: Checks): Promise<Answered> {
    try {
      const url = new URL(`${this.redirectUri}?${returned.replace(/^\?/, "")}`);
      const tokens = await openid.authorizationCodeGrant(config, url, {
        expectedState: checks.state,
        expectedNonce: checks.nonce,
        pkceCodeVerifier: checks.codeVerifier,
        idTokenExpected: true,
      });
      const token = tokens.claims();
      if (!token) throw new Error("the library gave no ID token although one was asked for");
      let claims: Claims = token;
      if (lacksClaims(claims, this.settings) && config.serverMetadata().userinfo_endpoint !== undefined) {
        // The library holds its subject against the token's; what was signed goes before what was not.
        claims = { ...(await openid.fetchUserInfo(config, tokens.access_token, token.sub)), ...token };
      }
      return { ok: true, issuer: token.iss, subject: token.sub, claims };
    } catch (error) {
      return { ok: false, fault: readProviderError(error) };
    }
  }

  /** Where one signs out there, too; null when it has no such place, or was not asked yet. */
  signOutUrl(): string | null {
    const known = this.#good;
    if (known?.config.serverMetadata().end_session_endpoint === undefined) return null;
    return openid.buildEndSessionUrl(known.config, { post_logout_redirect_uri: `${this.settings.dashboardUrl}/` }).href;
  }
}

async function discover(settings: ProviderSettings): Promise<Known> {
  const { issuer, clientId, clientSecret } = settings;
  const server = new URL(issuer);
  const insecure = server.protocol === "http:" && isLoopbackHost(server.hostname);
  let certificateEndsAt: number | undefined;
  const fetch = makeProviderFetch((endsAt) => {
    certificateEndsAt = endsAt;
  });
  try {
    const found = await openid.discovery(server, clientId, undefined, openid.None(), {
      [openid.customFetch]: fetch,
      timeout: TIMEOUT_SECONDS,
      ...(insecure && { execute: [openid.allowInsecureRequests] }),
    });
    const metadata = found.serverMetadata();
    // The library makes exceptions for issuers that stand for many; here one is one.
    if (new URL(metadata.issuer).href !== server.href) return otherIssuer(metadata.issuer, issuer);
    const auth =
      clientSecret === undefined
        ? openid.None()
        : secretWay(metadata.token_endpoint_auth_methods_supported)(clientSecret);
    const config = new openid.Configuration(
      metadata,
      clientId,
      { [openid.clockTolerance]: CLOCK_TOLERANCE_SECONDS },
      auth,
    );
    config[openid.customFetch] = fetch;
    config.timeout = TIMEOUT_SECONDS;
    if (insecure) openid.allowInsecureRequests(config);
    // Without it the signature of an ID token that came over TLS would not be looked at.
    openid.enableNonRepudiationChecks(config);
    return { ok: true, config, certificateEndsAt };
  } catch (error) {
    const named = findOtherIssuer(error);
    if (named !== undefined) return otherIssuer(named, issuer);
    return { ok: false, fault: { kind: "unreachable", text: readProviderError(error).text } };
  }
}

/** A slash at the end, or the name of another: the commonest mistake there is, so it is said what to write. */
function otherIssuer(named: string, wanted: string): Known {
  const text = `it calls itself ${named.slice(0, 200)}, not ${wanted}: oidcIssuer has to be what it calls itself`;
  return { ok: false, fault: { kind: "unreachable", text } };
}

/** By what it says that it takes; without a word RFC 8414 section 2 means the Authorization header. */
function secretWay(methods: readonly string[] | undefined) {
  return methods?.includes("client_secret_post") ? openid.ClientSecretPost : openid.ClientSecretBasic;
}

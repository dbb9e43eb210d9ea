/**
 * Signing in at the OpenID provider, from the button to the session.
 *
 *   begin ─▶ pending (cookie) ─▶ … the provider … ─▶ finish ─▶ taken once ─▶ code ▶ ID token, checked ─▶ e-mail, role ─▶ user ─▶ session
 *     └ braked · off · unreachable                     └ begin again            └ refused · invalid       └ sso.email, .no-role, .unknown, .disabled
 */
import {
  type From,
  type IdentityService,
  NO_PROVIDER,
  type Outcome,
  type ProviderCheck,
  printTime,
  type SignedIn,
  type SignInWays,
} from "#contract";
import { Brake } from "./brake.ts";
import { type Claims, emailOf, emailTrouble, roleOf } from "./claims.ts";
import type { Deps, ProviderSettings } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { PendingSignIns } from "./pending.ts";
import { placeOf } from "./place.ts";
import { type Known, Provider, READY_MS } from "./provider.ts";
import type { ProviderFault } from "./provider-faults.ts";
import { sameSecret } from "./secrets.ts";
import type { Sessions } from "./sessions.ts";
import { findProviderUser } from "./single-sign-on-users.ts";

type Service = Pick<IdentityService, "signInWays" | "beginSignIn" | "finishSignIn" | "checkProvider"> & {
  /** Where who is signed in by the provider can sign out there, too. */
  readonly signOutUrl: () => string | null;
};

/** The sign-in page waits so long for what the provider says of itself; then it is shown without. */
const PAGE_WAITS_MS = 1500;
/** Nobody is sent to a provider that has not answered for so long: he would see no more than his browser's own error. */
const BEGIN_OLDEST_MS = 60_000;
const CERTIFICATE_WARN_MS = 21 * 86_400_000;

export function makeSingleSignOn(deps: Deps, sessions: Sessions): Service {
  const { nowMs, tell } = deps;
  const pending = new PendingSignIns();
  const brake = new Brake({ free: 10, longestSeconds: 300, keys: 20_000 });
  const current = providerOf(deps);
  return {
    async signInWays() {
      const provider = current();
      if (!provider) return { provider: null };
      // The first one who comes has it asked; nobody waits long for it.
      await Promise.race([
        provider.describe(READY_MS),
        new Promise((resolve) => setTimeout(resolve, PAGE_WAITS_MS).unref()),
      ]);
      return { provider: shownProvider(provider.settings, provider.last) };
    },
    async beginSignIn({ return_to: returnTo }, from) {
      const provider = current();
      if (!provider) return refused("sso.off");
      const place = placeOf(from.address);
      const wait = brake.wait(place, nowMs() / 1000);
      if (wait > 0) return refused("session.wait", String(wait));
      const known = await provider.describe(BEGIN_OLDEST_MS);
      if (!known.ok) return refused("sso.unreachable", known.fault.text);
      const { url, ...checks } = await provider.begin(known.config);
      const { issuer } = provider.settings;
      return done({ secret: pending.add({ ...checks, issuer, returnTo }, place, nowMs() / 1000), url });
    },
    async finishSignIn(request, from) {
      const place = placeOf(from.address);
      const wait = brake.wait(place, nowMs() / 1000);
      if (wait > 0) return refused("session.wait", String(wait));
      brake.begin(place, nowMs() / 1000);
      const finished = await finish(deps, { provider: current(), pending, sessions }, request, from);
      if (finished.ok) brake.succeeded(place);
      else {
        brake.failed(place, nowMs() / 1000);
        const detail = { address: from.address, reason: finished.error.code, about: finished.error.about ?? null };
        const message = "a sign-in at the OpenID provider was refused";
        tell({ level: "warning", code: "session.provider-refused", message, detail });
      }
      return finished;
    },
    async checkProvider() {
      const provider = current();
      return provider ? shownCheck(provider, await provider.describe(0), nowMs()) : NO_PROVIDER;
    },
    signOutUrl: () => current()?.signOutUrl() ?? null,
  };
}

/** The same one as long as its settings are: SIGHUP may change them. */
function providerOf({ settings, nowMs }: Deps): () => Provider | undefined {
  let kept: { readonly key: string; readonly provider: Provider } | undefined;
  return () => {
    const { provider: wanted } = settings();
    if (!wanted) return undefined;
    const key = JSON.stringify(wanted);
    if (kept?.key !== key) kept = { key, provider: new Provider(wanted, nowMs) };
    return kept.provider;
  };
}

type Parts = { readonly provider: Provider | undefined; readonly pending: PendingSignIns; readonly sessions: Sessions };
type Finished = Outcome<SignedIn & { readonly returnTo: string }>;

async function finish(
  deps: Deps,
  { provider, pending, sessions }: Parts,
  { returned, secret }: Parameters<Service["finishSignIn"]>[0],
  from: From,
): Promise<Finished> {
  if (!provider) return refused("sso.off");
  const begun = secret === undefined ? undefined : pending.take(secret, deps.nowMs() / 1000);
  if (!begun || begun.issuer !== provider.settings.issuer) return refused("sso.begin-again");
  // Before anything that stands in it is believed, an error as well as a code.
  const state = new URLSearchParams(returned).get("state");
  if (state === null || !sameSecret(state, begun.state)) return refused("sso.begin-again");
  const known = await provider.describeOnce();
  if (!known.ok) return refuse(known.fault);
  const answered = await provider.finish(known.config, returned, begun);
  if (!answered.ok) return refuse(answered.fault);
  const { issuer, subject, claims } = answered;
  const judged = judgeClaims(claims, provider.settings);
  if (!judged.ok) return judged;
  const found = await findProviderUser(deps, { issuer, subject, claims, ...judged.value }, provider.settings);
  if (!found.ok) return found;
  return done({ ...(await sessions.open({ user: found.value }, from, "provider")), returnTo: begun.returnTo });
}

function judgeClaims(claims: Claims, settings: ProviderSettings) {
  const email = emailOf(claims);
  const trouble = emailTrouble(email, settings);
  if (trouble !== undefined) return refused("sso.email", trouble);
  const role = roleOf(claims, settings);
  return role === null ? refused("sso.no-role") : done({ email, role });
}

function refuse({ kind, text }: ProviderFault) {
  return refused(`sso.${kind}`, text);
}

function shownProvider({ name }: ProviderSettings, known: Known | undefined): SignInWays["provider"] {
  if (!known) return { name, state: "unasked", problem: null };
  return known.ok ? { name, state: "ready", problem: null } : { name, state: "failed", problem: known.fault.text };
}

function shownCheck(provider: Provider, known: Known, now: number): ProviderCheck {
  const { name, issuer, clientId: client_id } = provider.settings;
  const about = { configured: true, name, issuer, client_id, redirect_uri: provider.redirectUri };
  if (!known.ok) return { ...NO_PROVIDER, ...about, state: "failed", problem: known.fault.text };
  const { certificateEndsAt: end } = known;
  return {
    ...about,
    state: "ready",
    problem: null,
    certificate_ends_on: end === undefined ? null : printTime(end),
    signs_out: provider.signOutUrl() !== null,
    warnings: warningsOf(provider.settings, known, now),
  };
}

function warningsOf(settings: ProviderSettings, known: Known & { ok: true }, now: number): string[] {
  const metadata = known.config.serverMetadata();
  const unknown = settings.scopes.filter((scope) => metadata.scopes_supported?.includes(scope) === false);
  const end = known.certificateEndsAt;
  return [
    ...(end !== undefined && end - now < CERTIFICATE_WARN_MS ? [`its certificate ends on ${printTime(end)}`] : []),
    ...(unknown.length > 0 ? [`it does not name the scopes ${unknown.join(", ")} among those that it has`] : []),
    ...(metadata.code_challenge_methods_supported?.includes("S256") === false ? ["it does not speak of PKCE"] : []),
    ...(settings.clientSecret === undefined ? ["no client secret is set: PKCE alone protects the code"] : []),
  ];
}

/**
 * Who asks. `Authorization: Bearer SECRET`; `X-Auth-Email` with `X-Auth-Key: SECRET`; or the dashboard's cookie. Clients send
 * every scheme that they have configured; one that is right is enough. The cookie counts only when there is no header.
 */
import type { IncomingHttpHeaders } from "node:http";
import {
  type Asker,
  type ControlError,
  type ControlService,
  CSRF_HEADER,
  type From,
  type Outcome,
  SESSION_COOKIE,
  type Session,
  SIGN_IN_COOKIE,
} from "#contract";
import { equalInConstantTime } from "./constant-time.ts";

/** An error, with the inner code of the provider's error chain when a header's form is wrong. */
export type AuthRefusal = ControlError & { readonly chain?: { readonly code: number; readonly message: string } };

export type AuthOutcome = { readonly asker: Asker; readonly session?: Session } | { readonly refusal: AuthRefusal };

const FORM = {
  authorization: { code: 6111, message: "Invalid format for Authorization header" },
  key: { code: 6103, message: "Invalid format for X-Auth-Key header" },
  email: { code: 6102, message: "Invalid format for X-Auth-Email header" },
} as const;

/** Longer secrets are not looked at. */
const SECRET_MAX = 512;

export async function authenticate(
  service: ControlService,
  headers: IncomingHttpHeaders,
  from: From,
): Promise<AuthOutcome> {
  const bearer = headers.authorization === undefined ? undefined : await byBearer(service, headers.authorization, from);
  if (bearer !== undefined && "asker" in bearer) return bearer;
  const key = headers["x-auth-key"];
  const email = headers["x-auth-email"];
  if (key === undefined && email === undefined) return bearer ?? byCookie(service, headers);
  const byKey = await byEmailAndKey(service, String(email ?? ""), String(key ?? ""), from);
  return "asker" in byKey ? byKey : (bearer ?? byKey);
}

async function byBearer(service: ControlService, header: string, from: From): Promise<AuthOutcome> {
  const secret = /^Bearer +([\x21-\x7e]+)$/i.exec(header.trim())?.[1];
  if (secret === undefined || secret.length > SECRET_MAX) return badForm(FORM.authorization);
  return found(await service.authenticate(secret, from));
}

async function byEmailAndKey(service: ControlService, email: string, key: string, from: From): Promise<AuthOutcome> {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > SECRET_MAX) return badForm(FORM.key);
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return badForm(FORM.email);
  return found(await service.authenticateKey(email, key, from));
}

async function byCookie(service: ControlService, headers: IncomingHttpHeaders): Promise<AuthOutcome> {
  const secret = readCookie(headers.cookie, SESSION_COOKIE);
  if (secret === undefined) return { refusal: { code: "auth.missing" } };
  return (await service.findSession(secret)) ?? { refusal: { code: "session.none" } };
}

function found(outcome: Outcome<Asker>): AuthOutcome {
  return outcome.ok ? { asker: outcome.value } : { refusal: outcome.error };
}

function badForm(chain: { readonly code: number; readonly message: string }): AuthOutcome {
  return { refusal: { code: "auth.headers", chain } };
}

//--- The cookie

/** Cookies of one request that are looked at. */
const COOKIES_MAX = 50;

export function readCookie(header: string | undefined, wanted: string): string | undefined {
  for (const pair of (header ?? "").split(";", COOKIES_MAX)) {
    const [name, value] = pair.trim().split("=", 2);
    if (name === wanted && value !== undefined && /^[\w-]{1,512}$/.test(value)) return value;
  }
  return undefined;
}

/** Until the browser is closed or the server says that it is over; no script sees it, no other site sends it. */
export function printCookie(secret: string | undefined, secure: boolean): string {
  return cookie(SESSION_COOKIE, secret, secret === undefined ? 0 : undefined, secure);
}

/** Comes back with the same pages alone, and not for long: what the provider sends back is posted by a page of ours. */
export function printSignInCookie(secret: string | undefined, secure: boolean): string {
  return cookie(SIGN_IN_COOKIE, secret, secret === undefined ? 0 : SIGN_IN_SECONDS, secure);
}

/** As long as the service remembers that it was begun, and a little. */
const SIGN_IN_SECONDS = 660;

function cookie(name: string, secret: string | undefined, maxAge: number | undefined, secure: boolean): string {
  const end = maxAge === undefined ? "" : `; Max-Age=${maxAge}`;
  return `${name}=${secret ?? ""}; Path=/; HttpOnly; SameSite=Strict${end}${secure ? "; Secure" : ""}`;
}

/**
 * A write that the browser may have been talked into by another site. The cookie is SameSite=Strict already; browsers that are
 * older, and sites beside us on the same registrable domain, are why there is more: what the browser says of where the request
 * comes from, and a header that only a page of ours can know.
 */
export function findForgery(
  headers: IncomingHttpHeaders,
  host: string,
  csrf: string | undefined,
): ControlError | undefined {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && site !== "same-origin" && site !== "none") {
    return { code: "auth.origin", about: "Sec-Fetch-Site" };
  }
  const { origin } = headers;
  if (origin !== undefined && hostOf(origin) !== host.toLowerCase()) return { code: "auth.origin", about: "Origin" };
  if (csrf === undefined) return undefined;
  return equalInConstantTime(String(headers[CSRF_HEADER] ?? ""), csrf) ? undefined : { code: "auth.csrf" };
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

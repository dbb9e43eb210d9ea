/**
 * Who asks. Two schemes, one secret: `Authorization: Bearer SECRET`, or `X-Auth-Email` with `X-Auth-Key: SECRET`. Clients send
 * every scheme that they have configured; one that is right is enough.
 */
import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { ControlError, ControlService, Token } from "#contract";

/** An error, with the inner code of the provider's error chain when a header's form is wrong. */
export type AuthRefusal = ControlError & { readonly chain?: { readonly code: number; readonly message: string } };

export type AuthOutcome = { readonly token: Token } | { readonly refusal: AuthRefusal };

const FORM = {
  authorization: { code: 6111, message: "Invalid format for Authorization header" },
  key: { code: 6103, message: "Invalid format for X-Auth-Key header" },
  email: { code: 6102, message: "Invalid format for X-Auth-Email header" },
} as const;

/** Longer secrets are not looked at. */
const SECRET_MAX = 512;

export async function authenticate(service: ControlService, headers: IncomingHttpHeaders): Promise<AuthOutcome> {
  const bearer = headers.authorization === undefined ? undefined : await byBearer(service, headers.authorization);
  if (bearer !== undefined && "token" in bearer) return bearer;
  const key = headers["x-auth-key"];
  const email = headers["x-auth-email"];
  if (key === undefined && email === undefined) return bearer ?? { refusal: { code: "auth.missing" } };
  const byKey = await byEmailAndKey(service, String(email ?? ""), String(key ?? ""));
  return "token" in byKey ? byKey : (bearer ?? byKey);
}

async function byBearer(service: ControlService, header: string): Promise<AuthOutcome> {
  const secret = /^Bearer +([\x21-\x7e]+)$/i.exec(header.trim())?.[1];
  if (secret === undefined || secret.length > SECRET_MAX) return badForm(FORM.authorization);
  return found(await service.authenticate(secret), "auth.refused");
}

async function byEmailAndKey(service: ControlService, email: string, key: string): Promise<AuthOutcome> {
  if (!/^[\x21-\x7e]+$/.test(key) || key.length > SECRET_MAX) return badForm(FORM.key);
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return badForm(FORM.email);
  // Both are always looked at, so that the time says nothing about which of them was wrong.
  const token = await service.authenticate(key);
  const { email: right } = await service.user();
  const same = equalInConstantTime(email.toLowerCase(), right.toLowerCase());
  return found(same ? token : undefined, "auth.key-unknown");
}

function found(token: Token | undefined, code: ControlError["code"]): AuthOutcome {
  return token?.status === "active" ? { token } : { refusal: { code } };
}

function badForm(chain: { readonly code: number; readonly message: string }): AuthOutcome {
  return { refusal: { code: "auth.headers", chain } };
}

/** Digests first: `timingSafeEqual` wants equal lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

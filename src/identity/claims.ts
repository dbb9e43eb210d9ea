/**
 * What a provider says of somebody, and what follows: his role, and whether his address may be used. Pure functions; the claims
 * are from an ID token that was checked, but what stands in them is whatever somebody typed there.
 */
import { ROLES, type Role } from "#contract";
import type { ProviderSettings } from "./deps.ts";

export type Claims = Readonly<Record<string, unknown>>;

/** Values of one claim that are looked at: a person may be in many groups. */
const VALUES_MAX = 1000;
const DEPTH_MAX = 5;
const NAME_MAX = 120;
const EMAIL_MAX = 254;

/** Undefined: no claim decides it. Null: the claim gives him no role. */
export function roleOf(claims: Claims, settings: ProviderSettings): Role | null | undefined {
  const { roleValues, rolesClaim } = settings;
  if (ROLES.every((role) => roleValues[role].length === 0)) return undefined;
  const has = new Set(valuesOf(claims, rolesClaim));
  const best = ROLES.findLast((role) => roleValues[role].some((value) => has.has(value)));
  return best ?? null;
}

/** `groups`, `https://example.com/roles` (a name as it is) or `realm_access.roles` (dots lead into objects). */
function valuesOf(claims: Claims, name: string): readonly string[] {
  const found = Object.hasOwn(claims, name) ? claims[name] : follow(claims, name.split(".", DEPTH_MAX));
  const list: readonly unknown[] = Array.isArray(found) ? found.slice(0, VALUES_MAX) : [found];
  return list.filter((value): value is string => typeof value === "string");
}

function follow(claims: Claims, steps: readonly string[]): unknown {
  let here: unknown = claims;
  for (const step of steps) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Claims)[step];
  }
  return here;
}

/** Whether a needed claim is missing, so that the userinfo endpoint is worth a question. */
export function lacksClaims(claims: Claims, settings: ProviderSettings): boolean {
  return typeof claims["email"] !== "string" || roleOf(claims, settings) === null;
}

export type ClaimedEmail = { readonly address: string; readonly verified: boolean };

/** Lower case; undefined when there is none that is one. */
export function emailOf(claims: Claims): ClaimedEmail | undefined {
  const { email, email_verified: verified } = claims;
  if (typeof email !== "string" || email.length > EMAIL_MAX || !/^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email))
    return undefined;
  // Some providers send the word. What is not said is not verified.
  return { address: email.toLowerCase(), verified: verified === true || verified === "true" };
}

/** What keeps the address from being used here, in half a sentence; undefined: nothing. */
export function emailTrouble(email: ClaimedEmail | undefined, { emailDomains }: ProviderSettings): string | undefined {
  if (emailDomains.length === 0) return undefined;
  if (!email) return "the provider does not say it";
  const domain = email.address.slice(email.address.lastIndexOf("@") + 1);
  if (!emailDomains.includes(domain)) return `${domain} is not among the domains that are let in`;
  return email.verified ? undefined : "the provider has not verified it";
}

/** The name to show, as far as there is one. */
export function nameOf(claims: Claims): string | undefined {
  const found = [claims["name"], claims["preferred_username"], claims["given_name"]].find(
    (each) => typeof each === "string" && each.trim() !== "",
  ) as string | undefined;
  return (
    found
      ?.replace(/\p{Cc}/gu, "")
      .trim()
      .slice(0, NAME_MAX) || undefined
  );
}

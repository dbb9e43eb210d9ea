/** The options of signing in at an OpenID provider, and what has to hold between them. */
import { choice, flag, hostName, list, path, text, webAddress } from "./kinds.ts";
import { given, optional } from "./option.ts";

const RELOADS = { reloads: true } as const;

export const SIGN_IN_OPTIONS = {
  oidcIssuer: optional(
    webAddress,
    "OpenID provider at which people may sign in: its issuer, exactly as it calls itself; needs oidcClientId and oidcDashboardUrl.",
    RELOADS,
  ),
  oidcClientId: optional(text, "What Countersign is called at the provider.", RELOADS),
  oidcClientSecret: optional(
    text,
    "Client secret from the provider; without one the client is public, with PKCE alone.",
    {
      secret: true,
      reloads: true,
    },
  ),
  oidcClientSecretFile: optional(path, "File with the client secret.", RELOADS),
  oidcDashboardUrl: optional(
    webAddress,
    "Address at which browsers find the dashboard; with /sign-in/return behind it, it is the redirect URI to enter at the provider.",
    RELOADS,
  ),
  oidcName: optional(text, "Name of the provider on the sign-in page; without it the issuer's host.", RELOADS),
  oidcScopes: given(list(text), ["openid", "email", "profile"], "Scopes that are asked for.", RELOADS),
  oidcRolesClaim: given(
    text,
    "groups",
    "Claim that says what somebody may; realm_access.roles leads into objects.",
    RELOADS,
  ),
  oidcViewers: given(list(text), [], "Values of that claim that make a viewer.", RELOADS),
  oidcOperators: given(list(text), [], "Values of that claim that make an operator.", RELOADS),
  oidcAdmins: given(
    list(text),
    [],
    "Values of that claim that make an admin. When any of the three is set, roles follow the claim at each sign-in, and who has none of the values is refused.",
    RELOADS,
  ),
  oidcNewUsers: given(
    choice("refuse", "make"),
    "refuse",
    "Who is known at the provider and has no user here yet: refused, or a user is made.",
    RELOADS,
  ),
  oidcNewUserRole: given(
    choice("viewer", "operator", "admin"),
    "viewer",
    "Role of users that are made, where no claim gives roles.",
    RELOADS,
  ),
  oidcEmailDomains: given(
    list(hostName),
    [],
    "Only who has an e-mail address in one of these domains, verified by the provider, is let in; empty: everybody.",
    RELOADS,
  ),
  oidcMatchEmail: given(
    flag,
    false,
    "Whether a user with the same e-mail address, verified by the provider, is tied to who comes for the first time.",
    RELOADS,
  ),
} as const;

type Values = Readonly<Record<string, unknown>>;

/** What is wrong although each option by itself is right. */
export function findSignInConflicts(config: Values): readonly string[] {
  const has = (name: keyof typeof SIGN_IN_OPTIONS) => config[name] !== undefined;
  const conflicts: string[] = [];
  if (has("oidcClientSecret") && has("oidcClientSecretFile")) {
    conflicts.push("oidcClientSecret and oidcClientSecretFile are both set; keep one of them.");
  }
  if (!has("oidcIssuer")) {
    const without = (["oidcClientId", "oidcClientSecret", "oidcClientSecretFile", "oidcDashboardUrl"] as const).filter(
      has,
    );
    if (without.length > 0) conflicts.push(`${without.join(", ")}: set, but oidcIssuer is not; set it, too.`);
    return conflicts;
  }
  const missing = (["oidcClientId", "oidcDashboardUrl"] as const).filter((name) => !has(name));
  if (missing.length > 0) conflicts.push(`oidcIssuer is set, but ${missing.join(" and ")} not; set it, too.`);
  const scopes = config["oidcScopes"];
  if (Array.isArray(scopes) && !scopes.includes("openid")) {
    conflicts.push("oidcScopes lacks openid; without it there is no sign-in.");
  }
  return conflicts;
}

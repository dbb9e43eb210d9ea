/** The options of signing in at an OpenID provider as #identity wants them, with the client secret read from its file. Part of the composition root. */
import { readFileSync } from "node:fs";
import { fail, ok, type Result } from "#bytes";
import type { Config } from "#config";
import type { ProviderSettings } from "#identity";

/** Undefined: nobody signs in there. The error is a sentence for the operator; the secret is in none. */
export function readProviderSettings(config: Config): Result<ProviderSettings | undefined, string> {
  const { oidcIssuer: issuer, oidcClientId: clientId, oidcDashboardUrl: dashboardUrl } = config;
  // #config has made sure that they come together.
  if (issuer === undefined || clientId === undefined || dashboardUrl === undefined) return ok(undefined);
  const secret = readSecret(config);
  if (!secret.ok) return secret;
  return ok({
    issuer,
    clientId,
    clientSecret: secret.value,
    dashboardUrl: dashboardUrl.replace(/\/+$/, ""),
    name: config.oidcName ?? new URL(issuer).host,
    scopes: config.oidcScopes,
    rolesClaim: config.oidcRolesClaim,
    roleValues: { viewer: config.oidcViewers, operator: config.oidcOperators, admin: config.oidcAdmins },
    newUsers: config.oidcNewUsers,
    newUserRole: config.oidcNewUserRole,
    emailDomains: config.oidcEmailDomains,
    matchesEmail: config.oidcMatchEmail,
  });
}

function readSecret({ oidcClientSecret, oidcClientSecretFile: file }: Config): Result<string | undefined, string> {
  if (file === undefined) return ok(oidcClientSecret);
  try {
    const text = readFileSync(file, "utf8").trim();
    return text === ""
      ? fail(`The file of oidcClientSecretFile, ${file}, is empty: put the client secret in it.`)
      : ok(text);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(`The file of oidcClientSecretFile, ${file}, can't be read (${code}): this user has to be able to.`);
  }
}

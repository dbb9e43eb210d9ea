/** Between the choices of the form and the policies of the API: one policy for zones, one for the account, one for the user. */
import type { ApiToken, PermissionGroup } from "#contract";

const ZONE = "com.cloudflare.api.account.zone.";
const ACCOUNT = "com.cloudflare.api.account.";
const USER = "com.cloudflare.api.user.";

export type Choice = {
  readonly groupIds: readonly string[];
  readonly allZones: boolean;
  readonly zoneIds: readonly string[];
};

export type PolicyFacts = Choice & {
  readonly account: boolean;
  /** Denials, or several policies for zones: more than the form can show without losing some of it. */
  readonly complex: boolean;
};

export function readPolicies(policies: ApiToken["policies"]): PolicyFacts {
  const names = policies.flatMap(({ resources }) => resourceNames(resources));
  const forZones = policies.filter(({ resources }) => resourceNames(resources).some((name) => name.startsWith(ZONE)));
  return {
    groupIds: policies.flatMap(({ permission_groups }) => permission_groups.map(({ id }) => id)),
    allZones: names.includes(`${ZONE}*`),
    zoneIds: names
      .filter((name) => name.startsWith(ZONE) && !name.endsWith("*"))
      .map((name) => name.slice(ZONE.length)),
    account: names.some((name) => name.startsWith(ACCOUNT) && !name.startsWith(ZONE)),
    complex: forZones.length > 1 || policies.some(({ effect }) => effect === "deny"),
  };
}

function resourceNames(resources: ApiToken["policies"][number]["resources"]): readonly string[] {
  return Object.entries(resources).flatMap(([name, value]) =>
    typeof value === "string" ? [name] : Object.keys(value),
  );
}

export function writePolicies({ groupIds, allZones, zoneIds }: Choice, groups: readonly PermissionGroup[]) {
  const reaches = [
    { scope: "com.cloudflare.api.account.zone", names: allZones ? [`${ZONE}*`] : zoneIds.map((id) => `${ZONE}${id}`) },
    { scope: "com.cloudflare.api.account", names: [`${ACCOUNT}*`] },
    { scope: "com.cloudflare.api.user", names: [`${USER}*`] },
  ];
  return reaches.flatMap(({ scope, names }) => {
    const chosen = groups.filter(
      ({ id, scopes }) => groupIds.includes(id) && (scopes as readonly string[]).includes(scope),
    );
    if (chosen.length === 0) return [];
    return [
      {
        effect: "allow" as const,
        permission_groups: chosen.map(({ id }) => ({ id })),
        resources: Object.fromEntries(names.map((name) => [name, "*"])),
      },
    ];
  });
}

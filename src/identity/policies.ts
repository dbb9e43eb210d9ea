/** Policies of tokens: from the provider's form (identifiers of groups, names of resources) to what is decided by, checked on the way in. */
import {
  type ApiTokenCreate,
  type Asker,
  GROUPS,
  type Grant,
  type GroupName,
  judge,
  type Level,
  type Outcome,
  type PermissionGroup,
  type Resource,
  ROLES,
  type TokenOwner,
  type TokenPolicy,
} from "#contract";
import { newId } from "#store";
import { done, refused } from "./outcome.ts";

type GroupEntry = { readonly id: string; readonly name: GroupName; readonly level: Level };

const ENTRIES: readonly GroupEntry[] = (Object.keys(GROUPS) as GroupName[]).flatMap((name) => [
  { id: GROUPS[name].read, name, level: "read" as const },
  { id: GROUPS[name].write, name, level: "write" as const },
]);
const BY_ID: ReadonlyMap<string, GroupEntry> = new Map(ENTRIES.map((entry) => [entry.id, entry]));

const SCOPES = {
  zone: "com.cloudflare.api.account.zone",
  account: "com.cloudflare.api.account",
  user: "com.cloudflare.api.user",
} as const;

export function listGroups(query: { readonly name?: string; readonly scope?: string }): readonly PermissionGroup[] {
  return ENTRIES.map(
    ({ id, name, level }): PermissionGroup => ({
      id,
      name: groupTitle(name, level),
      scopes: [SCOPES[GROUPS[name].reach]],
      category: GROUPS[name].reach === "zone" ? "dns_and_zones" : "account_and_billing",
      is_selectable: true,
    }),
  ).filter(
    ({ name, scopes }) =>
      (query.name === undefined || name === decoded(query.name)) &&
      (query.scope === undefined || (scopes as readonly string[]).includes(decoded(query.scope))),
  );
}

/** The SDK's documentation shows these filters already encoded once. */
function decoded(text: string): string {
  return text.replaceAll("%20", " ");
}

function groupTitle(name: GroupName, level: Level): string {
  return `${name} ${level === "read" ? "Read" : "Write"}`;
}

/** As they are kept and shown; a policy that was there before keeps its identifier. */
export function checkPolicies(
  written: ApiTokenCreate["policies"],
  owner: TokenOwner,
  before: readonly TokenPolicy[],
): Outcome<readonly TokenPolicy[]> {
  const policies: TokenPolicy[] = [];
  for (const [i, { effect, permission_groups, resources }] of written.entries()) {
    const groups: TokenPolicy["permission_groups"] = [];
    for (const [j, { id }] of permission_groups.entries()) {
      const entry = BY_ID.get(id);
      // No user stands behind an account's token.
      const fits = entry && !("accountId" in owner && GROUPS[entry.name].reach === "user");
      if (!fits) return refused("token.group-unknown", id, `/policies/${i}/permission_groups/${j}/id`);
      groups.push({ id, name: groupTitle(entry.name, entry.level) });
    }
    const read = readResources(resources);
    if (typeof read === "string") return refused("token.resource-unknown", read, `/policies/${i}/resources`);
    const policy = { effect, permission_groups: groups, resources };
    const same = before.find(({ id: _, ...rest }) => JSON.stringify(rest) === JSON.stringify(policy));
    policies.push({ id: same?.id ?? newId(), ...policy });
  }
  return done(policies);
}

/** Of policies that were checked when they came in. */
export function readGrants(policies: readonly TokenPolicy[]): readonly Grant[] {
  return policies.map(({ effect, permission_groups, resources }) => {
    const read = readResources(resources);
    return {
      effect,
      groups: permission_groups.flatMap(({ id }) => BY_ID.get(id) ?? []),
      // What a later release wrote and this one can't read lets nobody in.
      resources: typeof read === "string" ? [] : read,
    };
  });
}

/** The name that is none. */
function readResources(resources: TokenPolicy["resources"]): readonly Resource[] | string {
  const all: Resource[] = [];
  for (const [name, value] of Object.entries(resources)) {
    const outer = readResource(name);
    if (!outer) return name;
    if (typeof value === "string") {
      if (value !== "*") return `${name}: ${value}`;
      all.push(outer);
      continue;
    }
    if (outer.kind !== "account") return name;
    for (const [inner, star] of Object.entries(value)) {
      const resource = readResource(inner);
      if (resource?.kind !== "zone" || star !== "*") return inner;
      all.push({ ...resource, accountId: outer.id });
    }
  }
  return all.length === 0 ? "(none)" : all;
}

function readResource(name: string): Resource | undefined {
  const match = /^com\.cloudflare\.api\.(account\.zone|account|user)\.(\*|[0-9a-f]{32})$/.exec(name);
  if (!match) return undefined;
  const id = match[2] === "*" ? undefined : match[2];
  switch (match[1]) {
    case "account.zone":
      return { kind: "zone", id, accountId: undefined };
    case "account":
      return { kind: "account", id };
    default:
      return { kind: "user", id };
  }
}

/**
 * Whether `asker` has all that the policies give: a token can't make a mightier one. What is denied to it would not be denied to
 * the new one, so that one with denials makes none.
 */
export function holds(asker: Asker, policies: readonly TokenPolicy[]): boolean {
  if (asker.grants === undefined) return true;
  if (asker.grants.some(({ effect }) => effect === "deny")) return false;
  const allowed = readGrants(policies).filter(({ effect }) => effect === "allow");
  return allowed.every(({ groups, resources }) =>
    groups.every(({ name, level }) =>
      resources.every((resource) => {
        const { reach } = GROUPS[name];
        // A zone of an account stands for itself, an account for all its zones.
        if (resource.kind !== reach && !(reach === "zone" && resource.kind === "account")) return true;
        const need = { kind: "grant", reach, level, groups: [name], role: ROLES[0], every: true } as const;
        const { id } = resource;
        const accountId = resource.kind === "account" ? id : resource.kind === "zone" ? resource.accountId : undefined;
        const target = {
          accountId,
          ...(resource.kind === "zone" && { zoneId: id }),
          ...(resource.kind === "user" && { userId: id }),
        };
        return judge(asker, need, target) === "yes";
      }),
    ),
  );
}

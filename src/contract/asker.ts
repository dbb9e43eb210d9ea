/** Who asks, and whether he may: roles of users, policies of tokens, and the resources both are held against. Pure functions. */
import type { Token } from "./account.ts";
import type { GroupName, Level, Need } from "./permission.ts";
import { ROLES, type Role } from "./session.ts";

/** One policy of a token, in the form that is decided by. */
export type Grant = {
  readonly effect: "allow" | "deny";
  readonly groups: readonly { readonly name: GroupName; readonly level: Level }[];
  readonly resources: readonly Resource[];
};

/** `id` undefined: all of them. `accountId` of a zone: only those of that account. */
export type Resource =
  | { readonly kind: "account" | "user"; readonly id: string | undefined }
  | { readonly kind: "zone"; readonly id: string | undefined; readonly accountId: string | undefined };

export type Asker = {
  readonly by: "token" | "session";
  /** Of the token or the session. */
  readonly id: string;
  /** The user behind it; of the operator's own token and of an account's tokens the account's id. */
  readonly userId: string;
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  /** Undefined: whatever the role may. */
  readonly grants: readonly Grant[] | undefined;
  /** A user with a row of his own stands behind it. */
  readonly isLocalUser: boolean;
  /** The operator's own token, or a session that was opened by it. */
  readonly isOperator: boolean;
  /** What `tokens/verify` shows. */
  readonly token: Token;
};

/** What a call is about, as far as its path says. */
export type Target = { readonly zoneId?: string; readonly accountId?: string; readonly userId?: string };

/** `groups`: the right to do such a thing at all is missing. `resource`: it is there, but not for this. */
export type Verdict = "yes" | "role" | "groups" | "resource";

export function judge(asker: Asker, need: Need, target: Target): Verdict {
  if (need.kind !== "grant") return "yes";
  if (ROLES.indexOf(asker.role) < ROLES.indexOf(need.role)) return "role";
  if (asker.grants === undefined) return "yes";
  const having = asker.grants.filter((grant) => grant.groups.some((group) => answers(group, need)));
  const allowed = having.filter(({ effect }) => effect === "allow");
  if (allowed.length === 0) return "groups";
  const touches = (grant: Grant) => grant.resources.some((resource) => covers(resource, need, target));
  const denied = asker.grants.filter(
    (grant) => grant.effect === "deny" && grant.groups.some((group) => forbids(group, need)),
  );
  return allowed.some(touches) && !denied.some((grant) => grant.resources.some((each) => meets(each, need, target)))
    ? "yes"
    : "resource";
}

/** A group of the right name; Write has Read in it. */
function answers(group: { readonly name: GroupName; readonly level: Level }, need: Need & { kind: "grant" }): boolean {
  return need.groups.includes(group.name) && (group.level === "write" || need.level === "read");
}

/** Who may not read may not write. */
function forbids(group: { readonly name: GroupName; readonly level: Level }, need: Need & { kind: "grant" }): boolean {
  return need.groups.includes(group.name) && (group.level === "read" || need.level === "write");
}

/** A list without an identifier in its path is opened by any of its things, and then filtered; a write needs them all. */
function covers(resource: Resource, need: Need & { kind: "grant" }, target: Target): boolean {
  if (need.reach === "zone") {
    if (resource.kind === "account") return isOf(resource.id, target.accountId);
    if (resource.kind !== "zone") return false;
    if (target.zoneId !== undefined) return hasZone(resource, target);
    if (need.level === "read" && !need.every) return true;
    return resource.id === undefined && isOf(resource.accountId, target.accountId);
  }
  if (resource.kind !== need.reach) return false;
  return isOf(resource.id, need.reach === "account" ? target.accountId : target.userId);
}

/** For denials: a list is not closed by a zone that is left out of it. */
function meets(resource: Resource, need: Need & { kind: "grant" }, target: Target): boolean {
  if (need.reach === "zone" && resource.kind === "zone" && target.zoneId === undefined) {
    // But what is about all zones at once is.
    const all = need.level === "write" || need.every;
    return all || (resource.id === undefined && isOf(resource.accountId, target.accountId));
  }
  return covers(resource, need, target);
}

function hasZone(resource: Resource & { kind: "zone" }, target: Target): boolean {
  return isOf(resource.id, target.zoneId) && isOf(resource.accountId, target.accountId);
}

/** No limit, or a thing that is not said, fits everything. */
function isOf(limit: string | undefined, id: string | undefined): boolean {
  return limit === undefined || id === undefined || limit === id;
}

/**
 * From somebody whom the provider knows to a user of ours: the one that is tied to his subject; by setting the one with his
 * verified address; by setting a new one. His role follows the claims at each sign-in.
 */
import type { Outcome, Role } from "#contract";
import { newId, type Tables, type UserRow } from "#store";
import { type ClaimedEmail, type Claims, nameOf } from "./claims.ts";
import type { Deps, ProviderSettings, Telling } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { subjectKey } from "./subject.ts";
import { isLastAdmin, USERS_MAX } from "./users.ts";

export type ProviderPerson = {
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  readonly email: ClaimedEmail | undefined;
  /** Undefined: no claim decides it. */
  readonly role: Role | undefined;
};

type Found = { readonly row: UserRow; readonly events: readonly Telling[] };

/** Changes what follows from the claims, all of it or nothing. */
export async function findProviderUser(
  { store, tell, nowMs }: Deps,
  person: ProviderPerson,
  settings: ProviderSettings,
): Promise<Outcome<UserRow>> {
  const outcome = await store.atomically(async (tables): Promise<Outcome<Found>> => {
    const found = await findOrMake(tables, person, settings, nowMs());
    if (!found.ok) return found;
    const { row } = found.value;
    if (row.disabled) return refused("sso.disabled");
    const events = [...found.value.events];
    const role = await roleNow(tables, row, person.role, events);
    const next = { ...row, role, signedInAt: nowMs() };
    await tables.users.put(next);
    return done({ row: next, events });
  });
  if (!outcome.ok) return outcome;
  for (const event of outcome.value.events) tell(event);
  return done(outcome.value.row);
}

async function findOrMake(
  tables: Tables,
  person: ProviderPerson,
  settings: ProviderSettings,
  now: number,
): Promise<Outcome<Found>> {
  const { email } = person;
  const subject = subjectKey(person.issuer, person.subject);
  const tied = await tables.users.findBySubject(subject);
  if (tied) return done({ row: tied, events: [] });
  const same = email && (await tables.users.findByEmail(email.address));
  if (same && settings.matchesEmail && email.verified && same.subject === null) {
    const event: Telling = { level: "info", code: "user.tied", message: tiedMessage(same, person), detail: {} };
    return done({ row: { ...same, subject, modifiedAt: now }, events: [event] });
  }
  if (settings.newUsers === "refuse") return refused("sso.unknown", person.subject);
  if (!email) return refused("sso.email", "the provider does not say it");
  if (person.claims["email_verified"] === false) return refused("sso.email", "the provider has not verified it");
  // Whoever writes another's address into his account there must not become him here.
  if (same) return refused("sso.email", "there is a user with it already, who is not tied to you");
  if ((await tables.users.list()).length >= USERS_MAX) return refused("user.too-many", String(USERS_MAX));
  const row = makeRow(person, email.address, subject, person.role ?? settings.newUserRole, now);
  const message = `the user ${row.email} was made at the first sign-in at the OpenID provider`;
  return done({ row, events: [{ level: "info", code: "user.created", message, detail: { role: row.role } }] });
}

function tiedMessage({ email }: UserRow, { subject }: ProviderPerson): string {
  return `the user ${email} was tied to the subject ${subject} of the OpenID provider, by the verified address`;
}

function makeRow({ claims }: ProviderPerson, email: string, subject: string, role: Role, now: number): UserRow {
  return {
    id: newId(),
    email,
    name: nameOf(claims) ?? email.slice(0, email.indexOf("@")),
    role,
    password: null,
    subject,
    disabled: false,
    createdAt: now,
    modifiedAt: now,
    signedInAt: null,
  };
}

/** What the claims say; but people must not find themselves without an admin because of a group that was renamed. */
async function roleNow(tables: Tables, row: UserRow, claimed: Role | undefined, events: Telling[]): Promise<Role> {
  if (claimed === undefined || claimed === row.role) return row.role;
  if (claimed !== "admin" && (await isLastAdmin(tables, row))) {
    const message = `${row.email} stays admin although the OpenID provider's claims say ${claimed}: there is no other admin`;
    events.push({ level: "warning", code: "user.role-kept", message, detail: { claimed } });
    return row.role;
  }
  const message = `${row.email} is ${claimed} now, by the OpenID provider's claims`;
  events.push({ level: "info", code: "user.changed", message, detail: { role: claimed, before: row.role } });
  return claimed;
}

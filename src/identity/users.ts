/** Users: made, changed, disabled and removed by admins; each changes his own password and ends his own sessions. */
import {
  type LocalUser,
  type LocalUserEdit,
  type Outcome,
  type OwnSession,
  printTime,
  type UserService,
} from "#contract";
import { newId, type SessionRow, type Tables, type UserRow } from "#store";
import type { Deps, IdentitySettings } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { readSubject, subjectKey } from "./subject.ts";

export const USERS_MAX = 1000;
/** Sessions are the affair of whoever is there himself. */
const NO_SCOPED = "of a session, or of the operator's own token";

export function makeUserService(deps: Deps): UserService {
  const { store } = deps;
  return {
    ...writePart(deps),
    ...passwordPart(deps),
    async listUsers() {
      return done((await store.users.list()).map(shown));
    },
    async getUser(userId) {
      const row = await store.users.find(userId);
      return row ? done(shown(row)) : refused("user.not-found", userId);
    },
    async listSessions(asker) {
      if (asker.grants) return refused("auth.permission", NO_SCOPED);
      const rows = asker.isOperator
        ? await store.sessions.listOf({ tokenId: asker.token.id })
        : await store.sessions.listOf({ userId: asker.userId });
      return done(rows.map((row) => shownSession(row, asker.id, deps.settings().sessionIdleSeconds)));
    },
    async endSession(asker, sessionId) {
      if (asker.grants) return refused("auth.permission", NO_SCOPED);
      const row = await store.sessions.find(sessionId);
      const his = row && (asker.isOperator ? row.tokenId === asker.token.id : row.userId === asker.userId);
      if (!his) return refused("session.not-found", sessionId);
      await store.sessions.remove(sessionId);
      return done({ id: sessionId });
    },
  };
}

function writePart({
  store,
  hasher,
  tell,
  nowMs,
  settings,
}: Deps): Pick<UserService, "createUser" | "editUser" | "deleteUser"> {
  return {
    async createUser({ email, name, role, password, subject }) {
      const tie = tieOf(settings(), subject);
      if (!tie.ok) return tie;
      const hash = password === undefined ? null : await hasher.hash(password);
      if (hash === undefined) return refused("session.wait", "5");
      const now = nowMs();
      const row: UserRow = {
        id: newId(),
        email,
        name: name ?? email.slice(0, email.indexOf("@")),
        role,
        password: hash,
        subject: tie.value ?? null,
        disabled: false,
        createdAt: now,
        modifiedAt: now,
        signedInAt: null,
      };
      const made = await store.atomically(async (tables) => {
        const all = await tables.users.list();
        if (all.length >= USERS_MAX) return refused("user.too-many", String(USERS_MAX));
        if (all.some((user) => user.email === email)) return refused("user.exists", email, "/email");
        if (await isTaken(tables, row)) return refused("sso.not-tied", subject ?? "", "/subject");
        await tables.users.put(row);
        return done(shown(row));
      });
      if (made.ok)
        tell({ level: "info", code: "user.created", message: `the user ${email} was made`, detail: { role } });
      return made;
    },
    async editUser(userId, edit) {
      const tie = tieOf(settings(), edit.subject);
      if (!tie.ok) return tie;
      const edited = await store.atomically((tables) => editIn(tables, userId, edit, tie.value, nowMs()));
      if (edited.ok) {
        const { email, role, disabled } = edited.value;
        tell({
          level: "info",
          code: "user.changed",
          message: `the user ${email} was changed`,
          detail: { role, disabled },
        });
      }
      return edited;
    },
    async deleteUser(userId) {
      const gone = await store.atomically(async (tables): Promise<Outcome<UserRow>> => {
        const row = await tables.users.find(userId);
        if (!row) return refused("user.not-found", userId);
        if (await isLastAdmin(tables, row)) return refused("user.last-admin", row.email);
        await tables.users.remove(userId);
        return done(row);
      });
      if (!gone.ok) return gone;
      tell({ level: "info", code: "user.deleted", message: `the user ${gone.value.email} was deleted` });
      return done({ id: userId });
    },
  };
}

/** As the store keeps it: with the issuer in force. Undefined: as it is. */
function tieOf({ provider }: IdentitySettings, subject: string | null | undefined): Outcome<string | null | undefined> {
  if (subject === undefined || subject === null) return done(subject);
  return provider ? done(subjectKey(provider.issuer, subject)) : refused("sso.off", undefined, "/subject");
}

async function isTaken(tables: Tables, { id, subject }: UserRow): Promise<boolean> {
  const tied = subject === null ? undefined : await tables.users.findBySubject(subject);
  return tied !== undefined && tied.id !== id;
}

async function editIn(
  tables: Tables,
  userId: string,
  edit: LocalUserEdit,
  subject: string | null | undefined,
  now: number,
): Promise<Outcome<LocalUser>> {
  const row = await tables.users.find(userId);
  if (!row) return refused("user.not-found", userId);
  const email = edit.email ?? row.email;
  const other = await tables.users.findByEmail(email);
  if (other && other.id !== userId) return refused("user.exists", email, "/email");
  const next: UserRow = {
    ...row,
    email,
    name: edit.name ?? row.name,
    role: edit.role ?? row.role,
    subject: subject === undefined ? row.subject : subject,
    disabled: edit.disabled ?? row.disabled,
    modifiedAt: now,
  };
  const stays = next.role === "admin" && !next.disabled;
  if (!stays && (await isLastAdmin(tables, row))) return refused("user.last-admin", row.email);
  if (await isTaken(tables, next)) return refused("sso.not-tied", edit.subject ?? "", "/subject");
  await tables.users.put(next);
  // Untied, or somebody else's from now on: who came that way goes.
  if (next.subject !== row.subject) await tables.sessions.removeOfUser(userId);
  if (next.disabled) await tables.sessions.removeOfUser(userId);
  return done(shown(next));
}

/** The operator's token would still open the door; but people who lost it must not find themselves without an admin. */
export async function isLastAdmin(tables: Tables, row: UserRow): Promise<boolean> {
  if (row.role !== "admin" || row.disabled) return false;
  const others = (await tables.users.list()).filter(
    ({ id, role, disabled }) => id !== row.id && role === "admin" && !disabled,
  );
  return others.length === 0;
}

function passwordPart({ store, hasher, tell, nowMs }: Deps): Pick<UserService, "setPassword" | "changePassword"> {
  const put = async (row: UserRow, password: string, exceptSession?: string): Promise<Outcome<LocalUser>> => {
    const hash = await hasher.hash(password);
    if (hash === undefined) return refused("session.wait", "5");
    const next = { ...row, password: hash, modifiedAt: nowMs() };
    await store.atomically(async (tables) => {
      await tables.users.put(next);
      // Whoever had the old one may have sessions, too.
      await tables.sessions.removeOfUser(row.id, exceptSession);
    });
    tell({ level: "info", code: "user.password", message: `the password of ${row.email} was changed` });
    return done(shown(next));
  };
  return {
    async setPassword(userId, password) {
      const row = await store.users.find(userId);
      return row ? put(row, password) : refused("user.not-found", userId);
    },
    async changePassword(asker, { current, password }) {
      const row = asker.by === "session" ? await store.users.find(asker.userId) : undefined;
      // Who signs in elsewhere has none, and does not get one by guessing at it.
      if (!row || row.password === null) return refused("session.no-password");
      const verdict = await hasher.check(current, row.password);
      if (verdict === "busy") return refused("session.wait", "5");
      return verdict === "wrong"
        ? refused("session.password-wrong", undefined, "/current")
        : put(row, password, asker.id);
    },
  };
}

function shown(row: UserRow): LocalUser {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role,
    disabled: row.disabled,
    has_password: row.password !== null,
    has_single_sign_on: row.subject !== null,
    subject: readSubject(row.subject),
    created_on: printTime(row.createdAt),
    modified_on: printTime(row.modifiedAt),
    signed_in_on: row.signedInAt === null ? null : printTime(row.signedInAt),
  };
}

function shownSession(row: SessionRow, currentId: string, idleSeconds: number): OwnSession {
  return {
    id: row.id,
    current: row.id === currentId,
    address: row.address,
    agent: row.agent,
    way: row.way,
    created_on: printTime(row.createdAt),
    used_on: printTime(row.usedAt),
    expires_on: printTime(Math.min(row.endsAt, row.usedAt + idleSeconds * 1000)),
  };
}

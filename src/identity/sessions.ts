/**
 * Sessions of the dashboard. The secret is in a cookie alone; what is kept is its digest.
 *
 *   sign in ──▶ [good] ──▶ each use puts the idle end off, up to the absolute end ──▶ over
 *                  └──▶ signed out · the user disabled, removed, or with a new password · the operator's token replaced ──▶ over
 */
import {
  type Asker,
  type Outcome,
  printTime,
  type Session,
  type SessionCreate,
  type SignedIn,
  type SignInWay,
} from "#contract";
import { newId, type SessionRow, type UserRow } from "#store";
import { operatorAsker, userAsker } from "./askers.ts";
import { Brake } from "./brake.ts";
import type { Deps } from "./deps.ts";
import { done, refused } from "./outcome.ts";
import { placeOf } from "./place.ts";
import { csrfOf, hashSecret, makeSecret, SECRET_MAX, sameSecret } from "./secrets.ts";

export type From = { readonly address: string; readonly agent: string };
export type Found = { readonly asker: Asker; readonly session: Session };
/** A user, or the operator's token. */
type Who = { readonly user: UserRow } | { readonly tokenId: string };

/** A use is written down when the last one is older than this: not every request writes. */
const USE_STEP_MS = 60_000;
/** Sessions of one user; the one not used for longest goes when there are more. */
const SESSIONS_MAX = 50;
const AGENT_MAX = 200;
/** Places from which somebody signed in are not slowed with the rest of the world: strangers can't lock him out. */
const KNOWN_MAX = 10_000;

/** Keeps: who guesses passwords is slowed, in bounded memory. */
export class Sessions {
  readonly #deps: Deps;
  readonly #addresses = new Brake({ free: 5, longestSeconds: 300, keys: 20_000 });
  readonly #accounts = new Brake({ free: 10, longestSeconds: 60, keys: 20_000 });
  readonly #known = new Set<string>();

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  async signIn(request: SessionCreate, from: From): Promise<Outcome<SignedIn>> {
    const now = this.#deps.nowMs() / 1000;
    const place = placeOf(from.address);
    const account = "email" in request ? request.email.trim().toLowerCase() : undefined;
    const braked = account !== undefined && !this.#known.has(`${place} ${account}`) ? account : undefined;
    const wait = Math.max(
      this.#addresses.wait(place, now),
      braked === undefined ? 0 : this.#accounts.wait(braked, now),
    );
    if (wait > 0) return refused("session.wait", String(wait));
    this.#addresses.begin(place, now);
    if (braked !== undefined) this.#accounts.begin(braked, now);
    const who = "token" in request ? await this.#byToken(request.token) : await this.#byPassword(request);
    if (!who.ok) {
      const end = this.#deps.nowMs() / 1000;
      this.#addresses.failed(place, end);
      if (braked !== undefined) this.#accounts.failed(braked, end);
      if (who.error.code === "session.refused") this.#tellRefused(from);
      return who;
    }
    this.#addresses.succeeded(place);
    if (account !== undefined) {
      this.#accounts.succeeded(account);
      this.#remember(`${place} ${account}`);
    }
    return done(await this.open(who.value, from, "token" in request ? "token" : "password"));
  }

  async find(secret: string): Promise<Found | undefined> {
    if (secret.length === 0 || secret.length > SECRET_MAX) return undefined;
    const { store, nowMs } = this.#deps;
    const hash = hashSecret(secret);
    const row = await store.sessions.findByHash(hash);
    if (!row || !sameSecret(row.hash, hash) || this.#end(row) <= nowMs()) return undefined;
    const asker = await this.#askerOf(row);
    if (!asker) return undefined;
    const now = nowMs();
    if (now - row.usedAt > USE_STEP_MS) await store.sessions.used(row.id, now);
    return { asker, session: this.#shown(asker, secret, { ...row, usedAt: now }) };
  }

  /** Whether it is still what it was: for streams that stay open. */
  async isGood(sessionId: string): Promise<boolean> {
    const { store, nowMs } = this.#deps;
    const row = await store.sessions.find(sessionId);
    return row !== undefined && this.#end(row) > nowMs() && (await this.#askerOf(row)) !== undefined;
  }

  /** For one who has shown who he is. */
  async open(who: Who, from: From, way: SignInWay): Promise<SignedIn> {
    const { store, nowMs, settings, tell } = this.#deps;
    const now = nowMs();
    await store.sessions.removeEnded(now, now - settings().sessionIdleSeconds * 1000);
    const secret = makeSecret();
    const row: SessionRow = {
      id: newId(),
      hash: hashSecret(secret),
      userId: "user" in who ? who.user.id : null,
      tokenId: "tokenId" in who ? who.tokenId : null,
      createdAt: now,
      usedAt: now,
      endsAt: now + settings().sessionSeconds * 1000,
      address: from.address,
      agent: from.agent.slice(0, AGENT_MAX),
      way,
    };
    await store.sessions.add(row);
    const all = await store.sessions.listOf("user" in who ? { userId: who.user.id } : { tokenId: who.tokenId });
    for (const { id } of all.slice(SESSIONS_MAX)) await store.sessions.remove(id);
    const asker = await this.#askerOf(row);
    if (!asker) throw new Error("a session was made for nobody");
    const detail = { user: asker.userId, address: from.address, way };
    tell({ level: "info", code: "session.opened", message: `${asker.email} signed in`, detail });
    return { secret, session: this.#shown(asker, secret, row) };
  }

  async #byToken(secret: string): Promise<Outcome<Who>> {
    const row = await this.#deps.store.tokens.findByHash(hashSecret(secret));
    return row?.kind === "operator" ? done({ tokenId: row.id }) : refused("session.refused");
  }

  async #byPassword(request: { readonly email: string; readonly password: string }): Promise<Outcome<Who>> {
    const { store, hasher, nowMs } = this.#deps;
    const user = await store.users.findByEmail(request.email.trim().toLowerCase());
    const kept = user?.disabled ? undefined : (user?.password ?? undefined);
    const verdict = await hasher.check(request.password, kept);
    if (verdict === "busy") return refused("session.wait", "5");
    if (verdict === "wrong" || !user) return refused("session.refused");
    const renewed = verdict === "right-but-old" ? await hasher.hash(request.password) : undefined;
    const signedIn = { ...user, password: renewed ?? user.password, signedInAt: nowMs() };
    await store.users.put(signedIn);
    return done({ user: signedIn });
  }

  async #askerOf(row: SessionRow): Promise<Asker | undefined> {
    const { store, operator } = this.#deps;
    if (row.userId !== null) {
      const user = await store.users.find(row.userId);
      return user && !user.disabled ? userAsker(row, user) : undefined;
    }
    const token = row.tokenId === null ? undefined : await store.tokens.find(row.tokenId);
    if (token?.kind !== "operator") return undefined;
    return operatorAsker("session", await operator(), { id: token.id, status: "active" }, row.id);
  }

  #end(row: SessionRow): number {
    return Math.min(row.endsAt, row.usedAt + this.#deps.settings().sessionIdleSeconds * 1000);
  }

  #shown(asker: Asker, secret: string, row: SessionRow): Session {
    const { userId: id, email, name, role, isOperator: is_operator } = asker;
    return {
      user: { id, email, name, role, is_operator },
      way: row.way,
      csrf: csrfOf(secret),
      expires_on: printTime(this.#end(row)),
    };
  }

  /** What was typed is not told: it may have been the password in the wrong field. */
  #tellRefused(from: From): void {
    const detail = { address: from.address };
    this.#deps.tell({ level: "warning", code: "session.refused", message: "a sign-in was refused", detail });
  }

  #remember(place: string): void {
    this.#known.delete(place);
    this.#known.add(place);
    if (this.#known.size <= KNOWN_MAX) return;
    const [oldest] = this.#known;
    if (oldest !== undefined) this.#known.delete(oldest);
  }
}

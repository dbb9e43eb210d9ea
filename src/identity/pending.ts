/**
 * Sign-ins that were begun here and are at the provider now. What comes back is taken once, from the browser that began, and
 * within a time. In memory alone: after a restart one begins again.
 *
 *   begin ──▶ [pending] ── taken, whatever comes of it ──▶ gone
 *                 └────── too old · pushed out by newer ones ──▶ gone
 */
import { hashSecret, makeSecret, SECRET_MAX } from "./secrets.ts";

export type PendingSignIn = {
  /** As the provider gives it back. */
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
  /** The issuer to whom he was sent: settings may change meanwhile. */
  readonly issuer: string;
  readonly returnTo: string;
};

/** Long enough for a second factor that has to be looked for. */
export const PENDING_SECONDS = 600;
const PENDING_MAX = 10_000;
/** From one place (an address, a /64): an office behind one address may have many, a stranger can't push out everybody's. */
const PLACE_MAX = 100;

type Note = PendingSignIn & { readonly place: string; readonly until: number };

/** Keeps: not more than PENDING_MAX, PLACE_MAX of one place, the oldest first; each is given out at most once. */
export class PendingSignIns {
  readonly #notes = new Map<string, Note>();

  get size(): number {
    return this.#notes.size;
  }

  /** The secret for the browser's cookie. `now`: seconds. */
  add(pending: PendingSignIn, place: string, now: number): string {
    for (const [key, { until }] of this.#notes) {
      // In order of their beginning, all with the same time to live.
      if (until > now) break;
      this.#notes.delete(key);
    }
    const ofPlace = [...this.#notes].filter(([, note]) => note.place === place);
    if (ofPlace.length >= PLACE_MAX) this.#notes.delete(ofPlace[0]![0]);
    if (this.#notes.size >= PENDING_MAX) this.#notes.delete(this.#notes.keys().next().value!);
    const secret = makeSecret();
    this.#notes.set(hashSecret(secret), { ...pending, place, until: now + PENDING_SECONDS });
    return secret;
  }

  take(secret: string, now: number): PendingSignIn | undefined {
    if (secret.length === 0 || secret.length > SECRET_MAX) return undefined;
    const key = hashSecret(secret);
    const note = this.#notes.get(key);
    this.#notes.delete(key);
    return note && note.until > now ? note : undefined;
  }
}

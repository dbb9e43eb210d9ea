/**
 * DNS cookies (RFC 7873) in the interoperable form of RFC 9018, so that every worker and every node with the same
 * secrets accepts what the others made.
 *
 * ```
 * server cookie   version 1 = 1 | reserved 3 | timestamp 4 | SipHash-2-4(client cookie 8 | these 8 octets | client address) 8
 * ```
 */
import type { CookieSettings } from "./settings.ts";
import { siphash24 } from "./siphash.ts";

export const CookieCheck = {
  /** The option's length is neither 8 nor 16 to 40: FORMERR (RFC 7873 section 5.2.2). */
  Malformed: 0,
  /** A client cookie alone, or with a server cookie that is not ours, too old or too new. */
  New: 1,
  Good: 2,
} as const;
export type CookieCheck = (typeof CookieCheck)[keyof typeof CookieCheck];

export const CLIENT_COOKIE = 8;
export const SERVER_COOKIE = 16;
/** Seconds (RFC 9018 section 4.3). */
const MAX_AGE = 3600;
const MAX_AHEAD = 300;
const REFRESH_AGE = 1800;

export class Cookies {
  private readonly secrets: readonly Uint8Array[];
  private readonly preimage = new Uint8Array(CLIENT_COOKIE + 8 + 16);
  private readonly hash = new Uint8Array(8);

  constructor(settings: CookieSettings) {
    this.secrets = settings.secrets;
  }

  /** The option's data at `octets[at..at+length)` of a query. */
  check(octets: Uint8Array, at: number, length: number, address: Uint8Array, now: number): CookieCheck {
    if (length === CLIENT_COOKIE) return CookieCheck.New;
    if (length < 16 || length > 40) return CookieCheck.Malformed;
    if (length !== CLIENT_COOKIE + SERVER_COOKIE || octets[at + CLIENT_COOKIE] !== 1) return CookieCheck.New;
    const age = this.age(octets, at, now);
    if (age > MAX_AGE || age < -MAX_AHEAD) return CookieCheck.New;
    for (const secret of this.secrets) {
      this.digest(secret, octets, at, octets, at + CLIENT_COOKIE, address);
      let difference = 0;
      for (let i = 0; i < 8; i++) difference |= this.hash[i]! ^ octets[at + 16 + i]!;
      if (difference === 0) return CookieCheck.Good;
    }
    return CookieCheck.New;
  }

  /** Client and server cookie, 24 octets, to `out[outAt..)`. A good cookie that is young enough goes back as it came. */
  write(
    octets: Uint8Array,
    at: number,
    check: CookieCheck,
    address: Uint8Array,
    now: number,
    out: Uint8Array,
    outAt: number,
  ): void {
    for (let i = 0; i < CLIENT_COOKIE; i++) out[outAt + i] = octets[at + i]!;
    const server = outAt + CLIENT_COOKIE;
    if (
      check === CookieCheck.Good &&
      this.age(octets, at, now) <= REFRESH_AGE &&
      this.madeByFirst(octets, at, address)
    ) {
      for (let i = 0; i < SERVER_COOKIE; i++) out[server + i] = octets[at + CLIENT_COOKIE + i]!;
      return;
    }
    out[server] = 1;
    out[server + 1] = 0;
    out[server + 2] = 0;
    out[server + 3] = 0;
    out[server + 4] = now >>> 24;
    out[server + 5] = now >>> 16;
    out[server + 6] = now >>> 8;
    out[server + 7] = now;
    this.digest(this.secrets[0]!, octets, at, out, server, address);
    for (let i = 0; i < 8; i++) out[server + 8 + i] = this.hash[i]!;
  }

  /** Seconds since the cookie was made, by serial arithmetic (RFC 9018 section 4.3). */
  private age(octets: Uint8Array, at: number, now: number): number {
    const p = at + 12;
    const made = (octets[p]! << 24) | (octets[p + 1]! << 16) | (octets[p + 2]! << 8) | octets[p + 3]!;
    return ((now | 0) - made) | 0;
  }

  /** After a change of secrets, cookies of the previous one are replaced at once. With one secret there is no question. */
  private madeByFirst(octets: Uint8Array, at: number, address: Uint8Array): boolean {
    if (this.secrets.length === 1) return true;
    this.digest(this.secrets[0]!, octets, at, octets, at + CLIENT_COOKIE, address);
    for (let i = 0; i < 8; i++) if (this.hash[i] !== octets[at + 16 + i]) return false;
    return true;
  }

  private digest(
    secret: Uint8Array,
    client: Uint8Array,
    clientAt: number,
    server: Uint8Array,
    serverAt: number,
    address: Uint8Array,
  ): void {
    const { preimage } = this;
    for (let i = 0; i < 8; i++) {
      preimage[i] = client[clientAt + i]!;
      preimage[8 + i] = server[serverAt + i]!;
    }
    for (let i = 0; i < address.length; i++) preimage[16 + i] = address[i]!;
    siphash24(secret, preimage, 16 + address.length, this.hash, 0);
  }
}

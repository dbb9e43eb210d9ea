/**
 * Passwords as scrypt hashes (RFC 7914) that say how they were made, so that the cost can grow later:
 *
 *   scrypt$1$15$8$3$SALT$HASH      form 1: log2 N, r, p, salt and hash as base64url
 *
 * N = 2^15, r = 8, p = 3 takes 32 MiB and some tenths of a second. At most two are made at once and few wait, so that
 * strangers who try passwords can't take all memory and cores.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

type Cost = { readonly logN: number; readonly r: number; readonly p: number };

const COST: Cost = { logN: 15, r: 8, p: 3 };
const SALT_OCTETS = 16;
const HASH_OCTETS = 32;
const AT_ONCE = 2;
const WAITING_MAX = 32;
/** What a stored hash may ask for at most: one that was tampered with must not take the machine's memory. */
const LOG_N_MAX = 18;

export type PasswordVerdict = "right" | "right-but-old" | "wrong" | "busy";

/** Keeps: no more than AT_ONCE hashes are being made. */
export class PasswordHasher {
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  /** Compared with when there is no user, so that the time says nothing. */
  readonly #nobody = printHash(COST, randomBytes(SALT_OCTETS), randomBytes(HASH_OCTETS));

  /** Undefined: too many are waiting. */
  async hash(password: string): Promise<string | undefined> {
    const salt = randomBytes(SALT_OCTETS);
    const made = await this.#derive(password, salt, COST);
    return made && printHash(COST, salt, made);
  }

  /** `kept` undefined: there is no such user, or he has no password; the work is done all the same. */
  async check(password: string, kept: string | undefined): Promise<PasswordVerdict> {
    const parts = readHash(kept ?? this.#nobody) ?? readHash(this.#nobody)!;
    const made = await this.#derive(password, parts.salt, parts.cost);
    if (!made) return "busy";
    const same = made.length === parts.hash.length && timingSafeEqual(made, parts.hash);
    if (!same || kept === undefined) return "wrong";
    const { logN, r, p } = parts.cost;
    return logN === COST.logN && p === COST.p && r === COST.r ? "right" : "right-but-old";
  }

  async #derive(password: string, salt: Buffer, cost: Cost): Promise<Buffer | undefined> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) return undefined;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    try {
      return await derive(password, salt, cost);
    } finally {
      const next = this.#waiting.shift();
      // The place goes from hand to hand; only when nobody waits it is free.
      if (next) next();
      else this.#running--;
    }
  }
}

function derive(password: string, salt: Buffer, { logN, r, p }: Cost): Promise<Buffer> {
  const N = 2 ** logN;
  const options = { N, r, p, maxmem: 128 * r * (N + p + 2) };
  // NFC: the same letters typed at two keyboards are the same password.
  const text = password.normalize("NFC");
  return new Promise((resolve, reject) =>
    scrypt(text, salt, HASH_OCTETS, options, (error, key) => (error ? reject(error) : resolve(key))),
  );
}

function printHash({ logN, r, p }: Cost, salt: Buffer, hash: Buffer): string {
  return ["scrypt", 1, logN, r, p, salt.toString("base64url"), hash.toString("base64url")].join("$");
}

function readHash(text: string): { readonly cost: Cost; readonly salt: Buffer; readonly hash: Buffer } | undefined {
  const match = /^scrypt\$1\$(\d{1,2})\$(\d{1,2})\$(\d{1,2})\$([\w-]{1,64})\$([\w-]{1,128})$/.exec(text);
  if (!match || Number(match[1]) > LOG_N_MAX) return undefined;
  return {
    cost: { logN: Number(match[1]), r: Number(match[2]), p: Number(match[3]) },
    salt: Buffer.from(match[4]!, "base64url"),
    hash: Buffer.from(match[5]!, "base64url"),
  };
}

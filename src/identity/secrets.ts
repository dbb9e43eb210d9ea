/** Secrets that are made and compared here: what is kept of them is a digest. */
import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";

/** Longer ones are none of ours; hashing them would be the caller's choice of our work. */
export const SECRET_MAX = 512;

/** 256 random bits, base64url. */
export function makeSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What the store keeps of a secret: SHA-256, lower-case hex. A secret of 256 random bits needs no salt and no slow hash. */
export function hashSecret(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}

/** Follows from the cookie's secret, so that nothing more has to be kept; nobody finds one from the other. */
export function csrfOf(secret: string): string {
  return createHmac("sha256", secret).update("countersign csrf 1").digest("base64url");
}

/** Digests first: `timingSafeEqual` wants equal lengths. */
export function sameSecret(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

/** Comparing what a client sent with what it should be, so that the time says nothing about how much of it was right. */
import { createHash, timingSafeEqual } from "node:crypto";

/** Digests first: `timingSafeEqual` wants equal lengths. */
export function equalInConstantTime(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

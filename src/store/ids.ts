/** Identifiers: 128 random bits as 32 lower-case hex digits, so that none is ever used twice. */
import { randomBytes } from "node:crypto";

export function newId(): string {
  return randomBytes(16).toString("hex");
}

export function isId(text: string): boolean {
  return /^[0-9a-f]{32}$/.test(text);
}

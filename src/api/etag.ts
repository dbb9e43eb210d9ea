/**
 * Strong entity tags of single resources (RFC 9110 8.8.3) and the conditions on them. A tag has two parts: one over what is set,
 * one over what changes by itself (serials, times of checks). A write with If-Match looks at the first alone: it guards against
 * another's edit, and a zone that was checked in between is none.
 */
import { createHash } from "node:crypto";

export function entityTag(resource: unknown, moving: readonly string[] = []): string {
  if (moving.length === 0 || typeof resource !== "object" || resource === null) return `"${digest(resource)}"`;
  const entries = Object.entries(resource);
  const set = entries.filter(([key]) => !moving.includes(key));
  const moved = entries.filter(([key]) => moving.includes(key));
  return `"${digest(set)}.${digest(moved)}"`;
}

/** 96 bits of SHA-256. */
function digest(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, 16);
}

/** Tags in one header. */
const TAGS_MAX = 50;

/** If-None-Match: whether the client has this very representation. Weak comparison (RFC 9110 13.1.2). */
export function hasSame(header: string, tag: string): boolean {
  return header.trim() === "*" || tagsOf(header).some((each) => each.replace(/^W\//, "") === tag);
}

/** If-Match: whether nobody else edited. Weak tags never match (RFC 9110 13.1.1). */
export function maySet(header: string, tag: string): boolean {
  return header.trim() === "*" || tagsOf(header).some((each) => setPart(each) === setPart(tag));
}

function tagsOf(header: string): string[] {
  return (header.match(/(?:W\/)?"[\x21\x23-\x7e]*"/g) ?? []).slice(0, TAGS_MAX);
}

function setPart(tag: string): string {
  return tag.replace(/\.[^"]*"$/, '"');
}

/**
 * Request bodies. JSON whatever the content type says (curl's --data sends a form's), except multipart. No body and an empty
 * one are the same: clients POST some calls without a body and without a content type.
 */
import type { Outcome, Route } from "#contract";
import { check } from "./query.ts";

/** What the content-type parser leaves on `request.body`. */
export type RawBody = { readonly octets: Buffer; readonly type: string };

export function readBody(route: Route, raw: RawBody | undefined): Outcome<unknown> {
  if (route.body === undefined) return { ok: true, value: undefined };
  // The one call that takes parts is refused on a secondary zone whatever is in them: they are not taken apart.
  if (route.multipart && raw?.type.startsWith("multipart/")) return { ok: true, value: undefined };
  const parsed = parseJson(raw);
  return parsed.ok ? check(route.body, parsed.value, "") : parsed;
}

function parseJson(raw: RawBody | undefined): Outcome<unknown> {
  if (raw === undefined || raw.octets.length === 0) return { ok: true, value: undefined };
  if (raw.type.startsWith("multipart/")) {
    return { ok: false, error: { code: "request.content-type", about: raw.type.slice(0, 80) } };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(raw.octets);
    return { ok: true, value: text.trim() === "" ? undefined : JSON.parse(text) };
  } catch (error) {
    // JSON.parse quotes the text around the fault, and that text may hold a secret.
    const about = error instanceof SyntaxError ? placeOf(error.message) : "it is not UTF-8";
    return { ok: false, error: { code: "request.malformed", about } };
  }
}

function placeOf(message: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  return position === undefined ? "it is not complete or not JSON" : `unexpected text at position ${position}`;
}

/** Text for people: lists of facts, times, JSON (tables: table.ts). Plain; bold only on a terminal. */
import type { Sink } from "./io.ts";

/**
 * Text from the server, fit for a terminal: names of peers and messages of primaries may hold escape sequences. Control
 * characters and those that turn the reading direction are shown as `\u{…}`.
 */
export function clean(text: string): string {
  return text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u{${character.codePointAt(0)!.toString(16)}}`,
  );
}

export type Cell = string | number | null | undefined;

/** `  name   value`, aligned; a fact without a value is left out. */
export function printFacts(facts: readonly (readonly [string, Cell])[], indent = "  "): string {
  const shown = facts.filter(([, value]) => value !== undefined && value !== null && value !== "");
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${indent}${pad(name, width)}  ${clean(String(value))}\n`).join("");
}

export function bold(text: string, sink?: Sink): string {
  return sink?.terminal ? `\u001b[1m${text}\u001b[0m` : text;
}

/** `2026-10-05T09:10:42.883000Z` → `2026-10-05 09:10:42Z`. */
export function printMoment(time: string | null): string | undefined {
  if (time === null) return undefined;
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(time) ? `${time.slice(0, 10)} ${time.slice(11, 19)}Z` : time;
}

/** A name as a word of a command that somebody copies: in quotes where the shell would take it apart. */
export function printWord(name: string): string {
  return /^[\w.:@%+,/[\]-]+$/.test(name) ? name : `'${clean(name).replaceAll("'", "'\\''")}'`;
}

/** `1 peer`, `2 peers`. */
export function printCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** Pretty JSON with a newline behind it. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}

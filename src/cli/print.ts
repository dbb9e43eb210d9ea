/** Text for people: aligned tables, lists of facts, times. Plain; bold only on a terminal. */
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

/** One line a row, columns as wide as their widest cell, two spaces between; empty cells are `-`. */
export function printTable(header: readonly string[], rows: readonly (readonly Cell[])[], sink?: Sink): string {
  const lines = [header, ...rows.map((row) => row.map(cellText))];
  const widths = header.map((_, column) => widest(lines, column));
  const print = (line: readonly string[]) =>
    line
      .map((cell, column) => (column === line.length - 1 ? cell : pad(cell, widths[column]!)))
      .join("  ")
      .trimEnd();
  const [head, ...body] = lines.map(print);
  return `${[bold(head!, sink), ...body].join("\n")}\n`;
}

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

/** Pretty JSON with a newline behind it. */
export function printJson(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}

function cellText(cell: Cell): string {
  return cell === undefined || cell === null || cell === "" ? "-" : clean(String(cell));
}

/** A loop, not `Math.max(...)`: a table may have more rows than a call has room for arguments. */
function widest(lines: readonly (readonly string[])[], column: number): number {
  let width = 0;
  for (const line of lines) width = Math.max(width, [...(line[column] ?? "")].length);
  return width;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - [...text].length));
}

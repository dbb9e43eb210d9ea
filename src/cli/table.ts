/**
 * Tables for people, no wider than the terminal. In a pipe, and with `--wide`, they are as wide as what is in them.
 *
 *   fits? ▶ printed
 *     └ no ▶ sentences that may stand below their row go there
 *              └ columns that may be missing go, the least wanted first, until the rest fits; a last line names them
 *                   └ names give up their middle, sentences are wrapped inside their column
 *                        └ not even so ▶ a block for each row: its first cell, and a line for each other one below
 */
import type { Sink } from "./io.ts";
import { bold, type Cell, clean } from "./print.ts";

/** A heading alone is a column that stays whole. */
export type Column =
  | string
  | {
      readonly title: string;
      /** May be left out where there is no room: the highest goes first. */
      readonly drop?: number;
      /** Names lose their middle, data and sentences go on in the next line of their column, or stand below the row. */
      readonly fit?: "shorten" | "wrap" | "below";
      /** Narrower than this the column is not made, in characters. */
      readonly least?: number;
    };

const GAP = "  ";
/** Before what stands below a row. */
const INDENT = "    ";
/** What is left of a shortened name, and the narrowest column of sentences, in characters. */
const LEAST = { shorten: 24, wrap: 28, below: 28, whole: Number.POSITIVE_INFINITY } as const;
/** Narrower terminals are taken for this wide: below, nothing can be read anyway. */
const COLUMNS_MIN = 40;

/** One line a row, two spaces between columns; empty cells are `-`. Without `sink.columns` there is no limit. */
export function printTable(
  header: readonly Column[],
  rows: readonly (readonly Cell[])[],
  sink?: Sink,
  options: TableOptions = {},
): string {
  const limit = sink?.columns === undefined ? Number.POSITIVE_INFINITY : Math.max(COLUMNS_MIN, sink.columns);
  const all = header.map((column, i) => describe(column, rows, i));
  const below = naturalWidth(all) <= limit ? [] : all.filter(({ fit }) => fit === "below");
  const { kept, dropped } = dropSome(
    all.filter((column) => !below.includes(column)),
    limit,
  );
  if (leastWidth(kept) > limit) return printBlocks(all, limit, sink);
  const widths = shareOut(kept, limit);
  const lineOf = (cells: readonly string[]) => joinCells(cells, widths);
  const lines = options.head === false ? [] : [bold(lineOf(kept.map(({ title }) => title)), sink)];
  for (const row of rows.keys()) {
    for (const cells of printRow(kept, widths, row)) lines.push(lineOf(cells));
    for (const { cells } of below) {
      if (cells[row] === "-") continue;
      for (const part of wrap(cells[row]!, limit - INDENT.length)) lines.push(`${INDENT}${part}`);
    }
  }
  if (dropped.length > 0) lines.push(...noteOf(dropped, limit));
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

export type TableOptions = {
  /** False: this goes on below a table that was printed already. */
  readonly head?: boolean;
};

type Described = {
  readonly title: string;
  readonly drop: number;
  readonly fit: "shorten" | "wrap" | "below" | "whole";
  readonly cells: readonly string[];
  readonly natural: number;
  readonly least: number;
};

function describe(column: Column, rows: readonly (readonly Cell[])[], at: number): Described {
  const whole: Exclude<Column, string> = typeof column === "string" ? { title: column } : column;
  const { title, drop = 0, fit = "whole" } = whole;
  const least = whole.least ?? LEAST[fit];
  const cells = rows.map((row) => cellText(row[at]));
  // A loop, not `Math.max(...)`: a table may have more rows than a call has room for arguments.
  let natural = widthOf(title);
  for (const cell of cells) natural = Math.max(natural, widthOf(cell));
  return { title, drop, fit, cells, natural, least: Math.min(natural, Math.max(widthOf(title), least)) };
}

function cellText(cell: Cell): string {
  return cell === undefined || cell === null || cell === "" ? "-" : clean(String(cell));
}

const widthOf = (text: string): number => [...text].length;

const leastWidth = (columns: readonly Described[]): number =>
  columns.reduce((sum, { least }) => sum + least, GAP.length * Math.max(0, columns.length - 1));

const naturalWidth = (columns: readonly Described[]): number =>
  columns.reduce((sum, { natural }) => sum + natural, GAP.length * Math.max(0, columns.length - 1));

function dropSome(all: readonly Described[], limit: number) {
  let kept = all;
  const dropped: string[] = [];
  while (leastWidth(kept) > limit) {
    const worst = kept.reduce((most, column) => (column.drop > most.drop ? column : most));
    if (worst.drop === 0) break;
    dropped.push(worst.title);
    kept = kept.filter((column) => column !== worst);
  }
  return { kept, dropped };
}

/** What is free goes to the columns from left to right, each up to what it wants. */
function shareOut(columns: readonly Described[], limit: number): readonly number[] {
  let free = limit - leastWidth(columns);
  return columns.map(({ natural, least }) => {
    const more = Math.min(natural - least, free);
    free -= more;
    return least + more;
  });
}

/** The lines of a row: more than one where a sentence is wrapped. */
function printRow(
  columns: readonly Described[],
  widths: readonly number[],
  row: number,
): readonly (readonly string[])[] {
  const parts = columns.map(({ cells, fit }, i) => {
    const text = cells[row]!;
    if (fit === "wrap" || fit === "below") return wrap(text, widths[i]!);
    return [fit === "shorten" ? shorten(text, widths[i]!) : text];
  });
  const lines = parts.reduce((most, part) => Math.max(most, part.length), 1);
  return Array.from({ length: lines }, (_, line) => parts.map((part) => part[line] ?? ""));
}

function joinCells(cells: readonly string[], widths: readonly number[]): string {
  const padded = cells.map((cell, i) => (i === cells.length - 1 ? cell : padTo(cell, widths[i]!)));
  return padded.join(GAP).trimEnd();
}

function printBlocks(columns: readonly Described[], limit: number, sink: Sink | undefined): string {
  const [first, ...rest] = columns;
  const name = rest.reduce((most, { title }) => Math.max(most, widthOf(title)), 0);
  const room = Math.max(1, limit - name - 2 * GAP.length);
  const blocks = first!.cells.map((cell, row) => {
    const lines = rest
      .filter(({ cells }) => cells[row] !== "-")
      .flatMap(({ title, cells }) =>
        wrap(cells[row]!, room).map((part, i) => `${GAP}${padTo(i === 0 ? title : "", name)}${GAP}${part}\n`),
      );
    return `${wrap(cell, limit)
      .map((part) => bold(part, sink))
      .join("\n")}\n${lines.join("")}`;
  });
  return blocks.join("");
}

function noteOf(dropped: readonly string[], limit: number): readonly string[] {
  return wrap(`(no room for ${dropped.join(", ")}: --wide shows all)`, limit);
}

function padTo(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - widthOf(text)));
}

/** `a-name-that-is-too-long.example` → `a-name-that…g.example`: what tells names apart stands at both ends. */
export function shorten(text: string, width: number): string {
  const characters = [...text];
  if (characters.length <= width) return text;
  const front = Math.ceil((width - 1) / 2);
  const back = width - 1 - front;
  return `${characters.slice(0, front).join("")}…${back === 0 ? "" : characters.slice(-back).join("")}`;
}

/** At blanks; a word that is too long for a line is cut. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (widthOf(longer) <= width) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    const rest = [...word];
    while (rest.length > width) lines.push(rest.splice(0, width).join(""));
    line = rest.join("");
  }
  if (line !== "" || lines.length === 0) lines.push(line);
  return lines;
}

/** The question files of the comparison: the rows of the tables. */
import { writeIn } from "../../test/peers/index.ts";
import { BENCH_APEX, benchName } from "./zone.ts";

export type Row = {
  readonly id: string;
  readonly sentence: string;
  readonly mode: "presigned" | "live";
  readonly dnssec: boolean;
  readonly edns: boolean;
  /** How many of 10 questions are for existing names, missing names, and missing types. */
  readonly mix: readonly [number, number, number];
};

export const ROWS: readonly Row[] = [
  { id: "existing", sentence: "existing A, DO", mode: "presigned", dnssec: true, edns: true, mix: [10, 0, 0] },
  {
    id: "mixed",
    sentence: "70 % existing, 20 % missing, 10 % no such type, DO",
    mode: "presigned",
    dnssec: true,
    edns: true,
    mix: [7, 2, 1],
  },
  {
    id: "missing",
    sentence: "every question a new missing name, DO",
    mode: "presigned",
    dnssec: true,
    edns: true,
    mix: [0, 10, 0],
  },
  { id: "plain", sentence: "existing A, no EDNS", mode: "presigned", dnssec: false, edns: false, mix: [10, 0, 0] },
  {
    id: "live-existing",
    sentence: "live: names already signed once, DO",
    mode: "live",
    dnssec: true,
    edns: true,
    mix: [10, 0, 0],
  },
  {
    id: "live-missing",
    sentence: "live: every question a new missing name, DO",
    mode: "live",
    dnssec: true,
    edns: true,
    mix: [0, 10, 0],
  },
];

const LINES = 50_000;

/** `hot`: ask about so many names only, so that live signatures are made in the warm-up. */
export function writeQuestions(directory: string, row: Row, names: number, hot = names): string {
  const [existing, missing] = row.mix;
  const lines: string[] = [];
  for (let i = 0; i < LINES; i++) {
    const turn = i % 10;
    const owner = benchName((i * 7919) % Math.min(names, hot));
    if (turn < existing) lines.push(`${owner} A`);
    else if (turn < existing + missing) lines.push(`x{n}.${BENCH_APEX} A`);
    else lines.push(`${owner} MX`);
  }
  return writeIn(directory, `${row.id}.questions`, `${lines.join("\n")}\n`);
}

/** The comparison as a table: for each row every server's CPU for an answer, rate, and what ours is to it. */
import type { LoadResult } from "../load/generate.ts";
import type { Row } from "./questions.ts";

export type Result = {
  readonly row: string;
  readonly server: string;
  readonly title: string;
  readonly load: LoadResult;
};

export function printTable(
  rows: readonly Row[],
  results: readonly Result[],
  notes: readonly string[],
  names: number,
): void {
  const titles = new Set(results.map((result) => result.title));
  console.log(`\n${names} names. Node ${process.version}. ${[...titles].join(", ")}`);
  for (const row of rows) {
    const mine = results.filter((result) => result.row === row.id);
    const ours = mine.find((result) => result.server === "Countersign");
    console.log(`\n${row.id}: ${row.sentence}`);
    for (const result of mine) {
      const { load } = result;
      const cpu = load.serverMicroseconds;
      const ratio = cpu && ours?.load.serverMicroseconds ? cpu / ours.load.serverMicroseconds : undefined;
      const cells = [
        result.title.padEnd(28),
        `${cpu?.toFixed(2) ?? "?"} us/q`.padStart(12),
        `${load.answersPerSecond}/s`.padStart(10),
        `${load.octetsPerAnswer.toFixed(0)} octets`.padStart(11),
        load.lost > 0 ? `${load.lost} lost` : "",
        result === ours || !ratio ? "" : `ours takes ${(1 / ratio).toFixed(2)} of its CPU`,
      ];
      console.log(`  ${cells.filter((cell) => cell !== "").join("  ")}`);
    }
  }
  console.log("");
  for (const note of notes) console.log(note);
}

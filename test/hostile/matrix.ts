/** What was seen of each attack by each way: a table for the reader at the end of a suite, and its holes for the test. */
import { WAYS, type Way } from "./ways.ts";

export type Matrix = {
  /** The code, or what became of it. */
  saw(attack: string, way: Way, what: string): void;
  /** Cells that nothing was seen in, of these attacks. */
  holes(wanted: readonly (readonly [attack: string, way: Way])[]): readonly string[];
  print(title: string): string;
};

const WIDEST_ATTACK = 68;

export function makeMatrix(): Matrix {
  const rows = new Map<string, Map<Way, string>>();
  return {
    saw(attack, way, what) {
      const row = rows.get(attack) ?? new Map<Way, string>();
      rows.set(attack, row.set(way, what));
    },
    holes: (wanted) => wanted.filter(([attack, way]) => !rows.get(attack)?.has(way)).map((cell) => cell.join(" by ")),
    print(title) {
      const lines = [...rows].map(([attack, row]) => `${attack.padEnd(WIDEST_ATTACK)} ${cells(row)}`);
      return [`${title.padEnd(WIDEST_ATTACK)} ${WAYS.join(" | ")}`, ...lines].join("\n");
    },
  };
}

/** One word where all ways saw the same. */
function cells(row: ReadonlyMap<Way, string>): string {
  const all = WAYS.map((way) => row.get(way) ?? "–");
  return new Set(all).size === 1 ? `all: ${all[0]}` : all.join(" | ");
}

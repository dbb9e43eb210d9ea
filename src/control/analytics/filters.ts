/**
 * The filter language of reports.
 *
 *   filters := and ( "," and )*        and := term ( ";" term )*        term := dimension operator value
 */
import { ANALYTICS_DIMENSIONS, type AnalyticsDimension } from "#contract";

export type Filter = {
  /** Whether a count passes. */
  readonly passes: (read: (dimension: AnalyticsDimension) => string) => boolean;
  readonly dimensions: ReadonlySet<AnalyticsDimension>;
};

type Term = { readonly dimension: AnalyticsDimension; readonly operator: string; readonly value: string };

const MAX_TERMS = 64;

/** What is wrong comes back as the text that is not understood. */
export function readFilters(text: string): Filter | { readonly wrong: string } {
  const any: Term[][] = [];
  const dimensions = new Set<AnalyticsDimension>();
  let terms = 0;
  for (const part of text.split(/,|\s+OR\s+/)) {
    const all: Term[] = [];
    for (const piece of part.split(/;|\s+AND\s+/)) {
      const term = readTerm(piece);
      if (!term || ++terms > MAX_TERMS) return { wrong: piece };
      dimensions.add(term.dimension);
      all.push(term);
    }
    any.push(all);
  }
  const holds = (term: Term, value: string) => compare(term.operator, value, term.value);
  return {
    dimensions,
    passes: (read) => any.some((all) => all.every((term) => holds(term, read(term.dimension)))),
  };
}

function readTerm(text: string): Term | undefined {
  const match = /^\s*([A-Za-z]+)\s*(==|!=|<=|>=|<|>)\s*(.*?)\s*$/.exec(text);
  if (!match) return undefined;
  const dimension = ANALYTICS_DIMENSIONS.find((known) => known === match[1]);
  return dimension && { dimension, operator: match[2]!, value: match[3]! };
}

/** Numbers as numbers, all else without regard to case: names are compared so. */
function compare(operator: string, value: string, wanted: string): boolean {
  const numbers = /^\d+$/.test(value) && /^\d+$/.test(wanted);
  const order = numbers ? Number(value) - Number(wanted) : orderOf(value.toLowerCase(), wanted.toLowerCase());
  switch (operator) {
    case "==":
      return order === 0;
    case "!=":
      return order !== 0;
    case "<":
      return order < 0;
    case ">":
      return order > 0;
    case "<=":
      return order <= 0;
    default:
      return order >= 0;
  }
}

function orderOf(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The record list's filters as one test over entries; dear parts of an entry (content) are asked for only when a filter needs them. */
import type { RecordEntry, RouteQuery } from "#contract";

export type RecordQuery = RouteQuery<"records.list">;
export type RecordTest = (entry: RecordEntry) => boolean;

/** Undefined when nothing is filtered. */
export function makeRecordTest(query: RecordQuery): RecordTest | undefined {
  const tests = recordTests(query);
  if (tests.length === 0) return undefined;
  if (tests.length === 1) return tests[0];
  return query.match === "any"
    ? (entry) => tests.some((test) => test(entry))
    : (entry) => tests.every((test) => test(entry));
}

/** Cheap ones first. */
function recordTests(query: RecordQuery): RecordTest[] {
  const tests: RecordTest[] = [];
  const types = query.type?.map((type) => type.toUpperCase());
  if (types !== undefined) tests.push((entry) => types.includes(entry.type));
  // Records of a secondary zone are never proxied and have neither comment nor tags.
  if (query.proxied !== undefined) tests.push(() => query.proxied === "false");
  // Nothing shadows anything here.
  if (query.shadowed_by_name !== undefined || query.shadowing_name !== undefined) tests.push(() => false);
  for (const field of ["comment", "tag"] as const) tests.push(...absentFieldTests(query, field));
  tests.push(...textTests(query, "name", (entry) => entry.name));
  tests.push(...textTests(query, "content", (entry) => entry.content()));
  if (query.search !== undefined) {
    const word = fold(query.search);
    tests.push((entry) => fold(entry.name).includes(word) || fold(entry.content()).includes(word));
  }
  return tests;
}

function absentFieldTests(query: RecordQuery, field: "comment" | "tag"): RecordTest[] {
  const given = ["", ".present", ".exact", ".contains", ".startswith", ".endswith"].some(
    (operator) => query[`${field}${operator}`] !== undefined,
  );
  const absent = query[`${field}.absent`] !== undefined;
  return [...(given ? [() => false] : []), ...(absent ? [() => true] : [])];
}

const OPERATORS: Readonly<Record<string, (value: string, operand: string) => boolean>> = {
  "": (value, operand) => value === operand,
  ".exact": (value, operand) => value === operand,
  ".contains": (value, operand) => value.includes(operand),
  ".startswith": (value, operand) => value.startsWith(operand),
  ".endswith": (value, operand) => value.endsWith(operand),
};

function textTests(query: RecordQuery, field: "name" | "content", of: (entry: RecordEntry) => string): RecordTest[] {
  return Object.entries(OPERATORS).flatMap(([operator, compare]) => {
    const operand = query[`${field}${operator}`];
    if (operand === undefined) return [];
    const folded = fold(operand);
    return [(entry: RecordEntry) => compare(fold(of(entry)), folded)];
  });
}

/** Case does not count, nor does the final dot of a name. */
function fold(text: string): string {
  const lower = text.toLowerCase();
  return lower.length > 1 && lower.endsWith(".") ? lower.slice(0, -1) : lower;
}

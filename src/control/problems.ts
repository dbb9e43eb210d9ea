/** What a semantic check found, as far as it is shown. */
import type { ZoneProblem } from "#zone";

export type ShownProblems = { readonly errors: readonly string[]; readonly warnings: readonly string[] };

/** A person reads a few. */
const SHOWN_PROBLEMS = 5;

export function shownProblems(problems: readonly ZoneProblem[]): ShownProblems {
  const texts = (severity: "error" | "warning") =>
    problems
      .filter((problem) => problem.severity === severity)
      .slice(0, SHOWN_PROBLEMS)
      .map((problem) => problem.text);
  return { errors: texts("error"), warnings: texts("warning") };
}

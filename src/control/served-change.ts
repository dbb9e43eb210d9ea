/** How what is served came from what was served before: kept for who gives changes on. */
import type { ZoneChange } from "#zone";
import { type Draft, isSameServed } from "./draft.ts";
import { type ServedVersion, sameVersion } from "./versions.ts";

export type ServedChange = {
  readonly before: ServedVersion;
  readonly after: ServedVersion;
  /** Of what is stored; none where the same content has other files from now on. */
  readonly changes: readonly ZoneChange[];
};

export function changeOf(
  before: ServedVersion | undefined,
  after: ServedVersion | undefined,
  draft: Draft,
): ServedChange | undefined {
  const { context } = draft;
  const changes = isSameServed(draft) ? [] : draft.changes;
  // Of use to those alone who give it on.
  const fits = context.givenOut && before && after && changes && sameVersion(before.from, context.stored);
  return fits ? { before, after, changes } : undefined;
}

/** What may be said of a zone's DS at the parent: by whom, or that nobody said. The command line and the dashboard say the same. */

/** As the API's status of a zone has it. */
export type ParentSeen = {
  readonly checked_time: string | null;
  /** From the last look; where nobody answered in it, from the one before. */
  readonly ds: readonly string[];
  readonly answered_by: "parent" | "resolver" | null;
};

export type DsSight = "not-asked" | "unknown" | "none" | "some";

/** `unknown`: nobody answered in the last look. What was seen before may be shown, but as that. */
export function judgeDsSight({ checked_time: checked, ds, answered_by: by }: ParentSeen): DsSight {
  if (checked === null) return "not-asked";
  if (by === null) return "unknown";
  return ds.length === 0 ? "none" : "some";
}

/** What uses a thing: some names, and how many more; "nothing" when it may go. */
import { COMMON } from "../texts/common.ts";

const SHOWN = 3;

export function UsedBy({
  names,
  total = names.length,
}: {
  readonly names: readonly string[];
  readonly total?: number;
}) {
  if (total === 0) return <span>{COMMON.nothing}</span>;
  const shown = names.slice(0, SHOWN);
  const more = total - shown.length;
  return <span>{more > 0 ? `${shown.join(", ")} ${COMMON.andMore(more)}` : shown.join(", ")}</span>;
}

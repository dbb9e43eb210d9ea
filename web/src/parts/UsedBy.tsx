/** What uses a thing: some names, and how many more; "nothing" when it may go. */
import { Fragment } from "react";
import { COMMON } from "../texts/common.ts";
import { DomainName } from "./DomainName.tsx";

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
  return (
    <span className="cs-breaks">
      {shown.map((name, i) => (
        <Fragment key={name}>
          {i === 0 ? null : ", "}
          <DomainName name={name} />
        </Fragment>
      ))}
      {more > 0 ? ` ${COMMON.andMore(more)}` : null}
    </span>
  );
}

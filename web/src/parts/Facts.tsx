/** Names and values, as a description list: two columns where there is room. */
import type { ReactNode } from "react";
import classes from "./Facts.module.css";

/** `wide`: records, addresses of pages and whatever else needs the whole width of a phone. */
export type Fact = readonly [name: string, value: ReactNode, wide?: "wide"];

/** Characters: text of more than these gets the whole width by itself. */
const LONG = 44;

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes["facts"]}>
      {facts.map(([name, value, wide]) => (
        <div
          key={name}
          data-wide={wide !== undefined || (typeof value === "string" && value.length > LONG) || undefined}
        >
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

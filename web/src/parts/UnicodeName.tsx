/** What an internationalised name says, beside its A-labels; nothing where there is nothing to say. Letters that run to the left stay within it. */
import { COMMON } from "../texts/common.ts";
import classes from "./UnicodeName.module.css";
import { findUnicodeName } from "./unicode-name.ts";

export function UnicodeName({ name }: { readonly name: string }) {
  const text = findUnicodeName(name);
  if (text === undefined) return null;
  return (
    <span className={classes["text"]} title={COMMON.inUnicode}>
      <bdi>{text}</bdi>
    </span>
  );
}

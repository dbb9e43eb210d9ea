/** While something comes: said to screen readers at once, shown only when it takes a moment. */
import { Loader } from "@mantine/core";
import { COMMON } from "../texts/common.ts";
import classes from "./Loading.module.css";

export function Loading({ what }: { readonly what: string }) {
  return (
    <div className={classes["loading"]} role="status">
      <Loader size="sm" />
      <span>{COMMON.loading(what)}</span>
    </div>
  );
}

/** A round sign in front of a step or a state, in its tone; words beside it say the same. */
import { Icon, type IconName } from "./Icon.tsx";
import classes from "./RoundMark.module.css";
import type { Tone } from "./tone.ts";

export function RoundMark({ tone, icon }: { readonly tone: Tone; readonly icon: IconName }) {
  return (
    <span className={classes["mark"]} data-tone={tone}>
      <Icon name={icon} size={20} />
    </span>
  );
}

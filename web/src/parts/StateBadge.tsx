/** A state in a word, with its tone as icon and colour. */
import { Icon, type IconName } from "./Icon.tsx";
import classes from "./StateBadge.module.css";
import type { Tone } from "./tone.ts";

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: "check",
  warn: "warning",
  bad: "bad",
  info: "clock",
  quiet: "pause",
};

export type StateBadgeProps = { readonly tone: Tone; readonly children: string; readonly icon?: IconName };

export function StateBadge({ tone, children, icon = ICONS[tone] }: StateBadgeProps) {
  return (
    <span className={classes["badge"]} data-tone={tone}>
      <Icon name={icon} size={14} />
      {children}
    </span>
  );
}

/** A box with a message; tone by icon, colour and words. */
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";
import classes from "./Note.module.css";
import type { Tone } from "./tone.ts";

const ICONS: Readonly<Record<Tone, IconName>> = {
  good: "check",
  warn: "warning",
  bad: "bad",
  info: "info",
  quiet: "info",
};

export type NoteProps = {
  readonly tone: Tone;
  readonly title?: string;
  readonly role?: "alert" | "status";
  readonly children?: ReactNode;
};

export function Note({ tone, title, role, children }: NoteProps) {
  return (
    <div className={classes["note"]} data-tone={tone} role={role}>
      <span className={classes["icon"]}>
        <Icon name={ICONS[tone]} />
      </span>
      <div className={classes["body"]}>
        {title === undefined ? null : <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

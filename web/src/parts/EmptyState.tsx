/** Nothing here: why, and what to do about it. */
import { Title } from "@mantine/core";
import type { ReactNode } from "react";
import classes from "./EmptyState.module.css";

export type EmptyStateProps = {
  readonly title: string;
  readonly text: ReactNode;
  /** 1 where it is the whole page. */
  readonly heading?: 1 | 2 | 3;
  /** The way on: a button, a link. */
  readonly children?: ReactNode;
};

export function EmptyState({ title, text, heading = 2, children }: EmptyStateProps) {
  return (
    <section className={classes["empty"]} data-within={heading === 3 || undefined}>
      <Title order={heading} size="h2">
        {title}
      </Title>
      <p className={classes["text"]}>{text}</p>
      {children}
    </section>
  );
}

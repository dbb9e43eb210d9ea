/** One step: what it asks, its fields, the button that goes on. */
import { Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./StepBox.module.css";

type StepBoxProps = {
  readonly title: string;
  readonly lead: ReactNode;
  readonly children: ReactNode;
};

export function StepBox({ title, lead, children }: StepBoxProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // Another step came: whoever reads by ear, or is at the bottom of a long one, starts at its heading.
  useEffect(() => heading.current?.focus(), []);
  return (
    <section className={classes["box"]}>
      <div>
        <Title order={2} ref={heading} tabIndex={-1} className={classes["title"]}>
          {title}
        </Title>
        <p className={classes["lead"]}>{lead}</p>
      </div>
      {children}
    </section>
  );
}

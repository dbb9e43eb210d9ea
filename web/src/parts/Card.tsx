/** A section of a page with its heading. */
import { Title } from "@mantine/core";
import { type ReactNode, useId } from "react";
import classes from "./Card.module.css";

export type CardProps = {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly order?: 2 | 3;
  readonly children: ReactNode;
};

export function Card({ title, lead, actions, order = 2, children }: CardProps) {
  const id = useId();
  return (
    <section className={classes["card"]} aria-labelledby={id}>
      <div className={classes["head"]}>
        <Title order={order} size="h3" id={id}>
          {title}
        </Title>
        {actions}
      </div>
      {lead === undefined ? null : <p className={classes["lead"]}>{lead}</p>}
      {children}
    </section>
  );
}

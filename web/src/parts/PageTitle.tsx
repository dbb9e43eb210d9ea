/** The page's heading: sets the window's title and takes the focus when one comes here from another page, so that screen readers say where they are. */
import { Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import { SHELL } from "../texts/shell.ts";
import { DomainName } from "./DomainName.tsx";
import { useNavigated } from "./navigated.ts";
import classes from "./PageTitle.module.css";

export type PageTitleProps = {
  readonly title: string;
  /** A sentence in plain words. */
  readonly lead?: ReactNode;
  /** Buttons on the right. */
  readonly actions?: ReactNode;
  /** 2 within a zone, whose name is the heading above. */
  readonly order?: 1 | 2;
  /** What the window is called, when the heading alone does not say it: "Records of example.com". */
  readonly windowTitle?: string;
};

export function PageTitle({ title, lead, actions, order = 1, windowTitle = title }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${windowTitle} · ${SHELL.product}`;
  }, [windowTitle]);
  const navigated = useNavigated();
  useEffect(() => {
    // After a full load the focus is where the browser puts it; after a step within the dashboard it would be nowhere.
    if (navigated.current) heading.current?.focus({ preventScroll: true });
  }, [navigated]);
  return (
    <div className={classes["head"]}>
      <div className={classes["words"]}>
        <Title order={order} ref={heading} tabIndex={-1} size={order === 1 ? "h1" : "h2"}>
          <DomainName name={title} />
        </Title>
        {lead === undefined ? null : <p className={classes["lead"]}>{lead}</p>}
      </div>
      {actions === undefined ? null : <div className={classes["actions"]}>{actions}</div>}
    </div>
  );
}

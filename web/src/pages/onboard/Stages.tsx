/** Stations of something that goes by itself: done, working, waiting, failed. */
import { Loader } from "@mantine/core";
import { Icon } from "../../parts/Icon.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import classes from "./Stages.module.css";

export type Stage = {
  readonly label: string;
  readonly state: "done" | "working" | "waiting" | "failed";
  readonly detail?: string;
};

export function Stages({ stages }: { readonly stages: readonly Stage[] }) {
  return (
    <ol className={classes["stages"]} aria-live="polite">
      {stages.map(({ label, state, detail }) => (
        <li key={label} data-state={state}>
          <span className={classes["mark"]} aria-hidden>
            {state === "done" ? <Icon name="check" size={15} /> : null}
            {state === "failed" ? <Icon name="cross" size={15} /> : null}
            {state === "working" ? <Loader size={16} /> : null}
          </span>
          <span>
            {label} <span className="cs-hidden">({ONBOARD.transfer[state]})</span>
            {detail === undefined ? null : <span className={classes["detail"]}>{detail}</span>}
          </span>
        </li>
      ))}
    </ol>
  );
}

/** Steps with their marks: done, to do, waiting until, later. */
import type { ReactNode } from "react";
import type { MultiSigner } from "#contract";
import type { IconName } from "../../parts/Icon.tsx";
import { RoundMark } from "../../parts/RoundMark.tsx";
import { StateBadge } from "../../parts/StateBadge.tsx";
import type { Tone } from "../../parts/tone.ts";
import { WhenAgo } from "../../parts/WhenAgo.tsx";
import { MULTI_SIGNER } from "../../texts/multi-signer.ts";
import { printExact } from "../../texts/time.ts";
import classes from "./MultiSigner.module.css";

type Step = MultiSigner["joining"][number] | MultiSigner["leaving"]["we"][number];

const TONES: Readonly<Record<Step["state"], Tone>> = {
  done: "good",
  todo: "warn",
  waiting: "info",
  later: "quiet",
  unknown: "quiet",
};
const ICONS: Readonly<Record<Step["state"], IconName>> = {
  done: "check",
  todo: "arrow",
  waiting: "clock",
  later: "pause",
  unknown: "info",
};

export type StepsProps<S extends Step> = {
  readonly steps: readonly S[];
  /** Below a step's words. */
  readonly more?: (step: S) => ReactNode;
};

export function Steps<S extends Step>({ steps, more }: StepsProps<S>) {
  return (
    <ol className={classes["steps"]}>
      {steps.map((step) => (
        <li key={step.code} className={classes["step"]} data-step={step.code}>
          <RoundMark tone={TONES[step.state]} icon={ICONS[step.state]} />
          <div className={classes["words"]}>
            <div className={classes["head"]}>
              <strong>{step.title}</strong>
              <StateBadge tone={TONES[step.state]} icon={ICONS[step.state]}>
                {MULTI_SIGNER.states[step.state]}
              </StateBadge>
              {step.state === "waiting" && step.wait?.until ? (
                <span className={classes["dim"]}>
                  <WhenAgo time={step.wait.until} /> ({MULTI_SIGNER.until(printExact(step.wait.until))})
                </span>
              ) : null}
            </div>
            {step.state === "later" ? null : <p className={classes["detail"]}>{step.detail}</p>}
            {more?.(step)}
          </div>
        </li>
      ))}
    </ol>
  );
}

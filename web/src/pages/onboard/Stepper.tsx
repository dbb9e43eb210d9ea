/** The steps: done ones with a check mark, the present one marked; one can go back to what is done. */
import { Icon } from "../../parts/Icon.tsx";
import { ONBOARD } from "../../texts/onboard.ts";
import classes from "./Stepper.module.css";
import { STEPS, type StepName } from "./steps.ts";

type StepperProps = {
  readonly current: StepName;
  readonly furthest: StepName;
  readonly onStep: (step: StepName) => void;
};

export function Stepper({ current, furthest, onStep }: StepperProps) {
  const at = STEPS.indexOf(current);
  const reach = STEPS.indexOf(furthest);
  return (
    <nav aria-label={ONBOARD.stepsLabel}>
      <ol className={classes["steps"]}>
        {STEPS.map((step, index) => {
          // The name can't be changed once the zone is there.
          const open = index <= reach && index !== 0 && index !== at;
          return (
            <li key={step} data-state={index < at ? "done" : index === at ? "here" : "later"}>
              <button
                type="button"
                className={classes["step"]}
                disabled={!open}
                aria-current={index === at ? "step" : undefined}
                onClick={() => onStep(step)}
              >
                <span className={classes["mark"]}>{index < at ? <Icon name="check" size={14} /> : index + 1}</span>
                <span className={classes["word"]}>{ONBOARD.steps[step]}</span>
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}

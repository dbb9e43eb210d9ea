/** A value to hand over elsewhere: label, the value as it is, a button that copies it. */
import { useId } from "react";
import { CopyButton } from "./CopyButton.tsx";
import classes from "./CopyField.module.css";

export type CopyFieldProps = {
  readonly label: string;
  readonly value: string;
  /** More than one line: shown as a block. */
  readonly block?: boolean;
  readonly hint?: string;
};

export function CopyField({ label, value, block, hint }: CopyFieldProps) {
  const id = useId();
  const Value = block ? "pre" : "code";
  return (
    <div className={classes["field"]}>
      <div className={classes["head"]}>
        <span id={id} className={classes["label"]}>
          {label}
        </span>
        <CopyButton text={value} what={label} />
      </div>
      <Value className={classes["value"]} tabIndex={block ? 0 : undefined} aria-labelledby={block ? id : undefined}>
        {value}
      </Value>
      {hint === undefined ? null : <small className={classes["hint"]}>{hint}</small>}
    </div>
  );
}

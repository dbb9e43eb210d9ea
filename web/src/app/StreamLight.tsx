/** Whether what is shown is live: a word and a dot, quiet while all is well. */
import { useServer } from "../fetch/context.ts";
import { SHELL } from "../texts/shell.ts";
import classes from "./StreamLight.module.css";

export function StreamLight() {
  const { stream } = useServer();
  return (
    <span className={classes["light"]} data-state={stream} role="status" title={SHELL.stream[stream].hint}>
      <span className={classes["dot"]} aria-hidden />
      <span className={classes["word"]}>{SHELL.stream[stream].word}</span>
    </span>
  );
}

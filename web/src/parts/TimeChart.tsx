/** Lines over time. Whoever can't see it has the table beside it. Each line has a dash of its own besides its colour. */
import { useEffect, useRef } from "react";
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { COMMON, printNumber } from "../texts/common.ts";
import { printDay, printExact, printHour } from "../texts/time.ts";
import classes from "./TimeChart.module.css";
import { useDrawnScheme } from "./useDrawnScheme.ts";

const printMoment = (_: uPlot, seconds: number | null) =>
  seconds === null ? COMMON.none : printExact(new Date(seconds * 1000).toISOString());
const printCount = (_: uPlot, value: number | null) => (value === null ? COMMON.none : printNumber(value));

/** The time of day, as everywhere here by 24 hours; a new day by its date. */
function printMark(seconds: number): string {
  const at = new Date(seconds * 1000);
  const isDay = at.getHours() === 0 && at.getMinutes() === 0;
  return isDay ? printDay(at) : printHour(at);
}

export type Line = { readonly label: string; readonly values: readonly number[] };

const HEIGHT = 256;
const STYLES: readonly (readonly [color: string, dash: number[]])[] = [
  ["--mantine-primary-color-filled", []],
  ["--cs-good", [8, 4]],
  ["--cs-warn", [2, 3]],
  ["--cs-bad", [10, 3, 2, 3]],
  ["--cs-info", [4, 4]],
  ["--mantine-color-dimmed", [1, 5]],
];

export function TimeChart(props: {
  readonly label: string;
  readonly starts: readonly string[];
  readonly lines: readonly Line[];
}) {
  const place = useRef<HTMLDivElement>(null);
  const { starts, lines, label } = props;
  const scheme = useDrawnScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn keeps its colours; in another scheme it is drawn anew.
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const style = getComputedStyle(element);
    const color = (name: string): string => style.getPropertyValue(name) || style.color;
    const axis = { stroke: style.color, grid: { stroke: color("--cs-line") } };
    const times = { ...axis, values: (_: uPlot, marks: number[]) => marks.map(printMark) };
    const series = lines.map((line, i) => {
      const [name, dash] = STYLES[i % STYLES.length]!;
      return { label: line.label, stroke: color(name), width: 2, dash, value: printCount };
    });
    const data = [starts.map((start) => Date.parse(start) / 1000), ...lines.map(({ values }) => [...values])];
    const plot = new uPlot(
      { width: element.clientWidth, height: HEIGHT, axes: [times, axis], series: [{ value: printMoment }, ...series] },
      data as uPlot.AlignedData,
      element,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [starts, lines, scheme]);
  return <div ref={place} className={classes["chart"]} role="img" aria-label={label} />;
}

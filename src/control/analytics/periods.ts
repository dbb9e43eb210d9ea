/**
 * Which rows hold what was counted when, and how a time is cut into intervals.
 *
 * ```
 *      days (as long as the option says)      │ hours (32 days)          │ minutes (6 hours)     now
 *  ───────────────────────────────────────────┼──────────────────────────┼───────────────────────▶
 * ```
 */
import type { TimeDelta } from "#contract";

export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;

/** Seconds for which rows are kept, and, an interval less, are read from. */
export const MINUTES_KEPT = 6 * HOUR;
export const HOURS_KEPT = 32 * DAY;

export type Span = { readonly step: number; readonly from: number; readonly to: number };

/** The finest rows that are there, without overlap. All in Unix seconds, `to` exclusive. */
export function spansOf(since: number, until: number, now: number): Span[] {
  const minutesFrom = floorTo(now - MINUTES_KEPT + HOUR, HOUR);
  const hoursFrom = floorTo(now - HOURS_KEPT + DAY, DAY);
  const spans = [
    { step: DAY, from: floorTo(since, DAY), to: Math.min(until, hoursFrom) },
    { step: HOUR, from: floorTo(Math.max(since, hoursFrom), HOUR), to: Math.min(until, minutesFrom) },
    { step: MINUTE, from: floorTo(Math.max(since, minutesFrom), MINUTE), to: until },
  ];
  return spans.filter(({ from, to }) => from < to);
}

export function floorTo(seconds: number, step: number): number {
  return Math.floor(seconds / step) * step;
}

export const MAX_INTERVALS = 2000;

/** `auto` made up for; undefined where the rows of that time are coarser than what is asked. */
export function deltaFor(delta: TimeDelta, since: number, until: number, now: number): TimeDelta | undefined {
  const finest = Math.max(...spansOf(since, until, now).map(({ step }) => step), MINUTE);
  if (delta === "auto") {
    const wanted = AUTO.find(([longest]) => until - since <= longest)?.[1] ?? "month";
    if (finest === DAY && (wanted === "hour" || wanted === "dekaminute" || wanted === "minute")) return "day";
    return finest === HOUR && (wanted === "dekaminute" || wanted === "minute") ? "hour" : wanted;
  }
  if (finest > MINUTE && (delta === "minute" || delta === "dekaminute")) return undefined;
  return finest > HOUR && delta === "hour" ? undefined : delta;
}

const AUTO: readonly (readonly [longestSeconds: number, delta: TimeDelta])[] = [
  [HOUR, "minute"],
  [6 * HOUR, "dekaminute"],
  [3 * DAY, "hour"],
  [62 * DAY, "day"],
  [366 * DAY, "week"],
];

export type Interval = { readonly from: number; readonly to: number };

/** In order, without gaps, the first from `since` on; at most one more than MAX_INTERVALS. UTC. */
export function intervalsOf(delta: TimeDelta, since: number, until: number): Interval[] {
  const intervals: Interval[] = [];
  for (let from = since; from < until && intervals.length <= MAX_INTERVALS; ) {
    const to = Math.min(until, nextStart(delta, from, until));
    intervals.push({ from, to });
    from = to;
  }
  return intervals;
}

function nextStart(delta: TimeDelta, at: number, until: number): number {
  const date = new Date(at * 1000);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  const utc = (y: number, m: number): number => Date.UTC(y, m, 1) / 1000;
  switch (delta) {
    case "minute":
      return floorTo(at, MINUTE) + MINUTE;
    case "dekaminute":
      return floorTo(at, 10 * MINUTE) + 10 * MINUTE;
    case "hour":
      return floorTo(at, HOUR) + HOUR;
    case "day":
      return floorTo(at, DAY) + DAY;
    case "week":
      // 1970 began on a Thursday; weeks begin on Mondays.
      return floorTo(at + 3 * DAY, 7 * DAY) - 3 * DAY + 7 * DAY;
    case "month":
      return utc(year, month + 1);
    case "quarter":
      return utc(year, month - (month % 3) + 3);
    case "year":
      return utc(year + 1, 0);
    default:
      return until;
  }
}

/** Times in words: how long ago, how long until; the exact time stands beside it in a title. */
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
const EXACT = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "medium" });

const DAY = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

const STEPS = [
  { unit: "year", seconds: 31_557_600 },
  { unit: "month", seconds: 2_629_800 },
  { unit: "day", seconds: 86_400 },
  { unit: "hour", seconds: 3600 },
  { unit: "minute", seconds: 60 },
] as const;

/** `time` as the API prints it; `now` in milliseconds since 1970. */
export function printRelative(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const step = STEPS.find((each) => Math.abs(seconds) >= each.seconds);
  if (step) return RELATIVE.format(Math.trunc(seconds / step.seconds), step.unit);
  if (Math.abs(seconds) < 5) return "now";
  return seconds < 0 ? "moments ago" : "in a moment";
}

export function printExact(time: string): string {
  return EXACT.format(new Date(time));
}

/** `26 Nov` */
export function printDay(time: Date): string {
  return DAY.format(time);
}

/** `17:05` */
export function printHour(time: Date): string {
  return HOUR.format(time);
}

/** `3600` → `1 hour`, `90` → `1 minute 30 seconds`. */
export function printDuration(seconds: number): string {
  const parts: string[] = [];
  let left = Math.round(seconds);
  for (const { unit, seconds: size } of [...STEPS.slice(2), { unit: "second", seconds: 1 }] as const) {
    const many = Math.floor(left / size);
    if (many > 0) parts.push(`${many} ${unit}${many === 1 ? "" : "s"}`);
    left -= many * size;
  }
  return parts.length === 0 ? "0 seconds" : parts.slice(0, 2).join(" ");
}

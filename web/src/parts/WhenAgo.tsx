/** A time as people say it, with the exact one on hover and for machines. */
import { COMMON } from "../texts/common.ts";
import { printExact, printRelative } from "../texts/time.ts";
import { useNow } from "./useNow.ts";

type WhenProps = { readonly time: string | null | undefined };

export function WhenAgo({ time }: WhenProps) {
  return <WhenSeen time={time} now={useNow()} />;
}

/** For rows of a list that has the clock: `now` in milliseconds since 1970. */
export function WhenSeen({ time, now }: WhenProps & { readonly now: number }) {
  if (!time) return <span>{COMMON.never}</span>;
  return (
    <time dateTime={time} title={printExact(time)}>
      {printRelative(time, now)}
    </time>
  );
}

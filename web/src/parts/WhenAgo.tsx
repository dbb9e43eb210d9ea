/** A time as people say it, with the exact one on hover and for machines. */
import { useInterval } from "@mantine/hooks";
import { useState } from "react";
import { COMMON } from "../texts/common.ts";
import { printExact, printRelative } from "../texts/time.ts";

const AGAIN_MS = 15_000;

export function WhenAgo({ time }: { readonly time: string | null | undefined }) {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), AGAIN_MS, { autoInvoke: true });
  if (!time) return <span>{COMMON.never}</span>;
  return (
    <time dateTime={time} title={printExact(time)}>
      {printRelative(time, now)}
    </time>
  );
}

/** The time, told anew every so often: one clock for a whole list, where a clock in each row would be hundreds. */
import { useInterval } from "@mantine/hooks";
import { useState } from "react";

const AGAIN_MS = 15_000;

/** Milliseconds since 1970. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now);
  useInterval(() => setNow(Date.now()), AGAIN_MS, { autoInvoke: true });
  return now;
}

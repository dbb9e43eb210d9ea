/** Tells which rows are in sight when scrolling rests for a moment: who throws the scroll bar through 100,000 rows asks for where he stops. */
import { useEffect, useRef } from "react";

const REST_MS = 60;

export type Sight = { readonly first: number; readonly last: number; readonly count: number };

/** The first sight is told at once; told again when rows have come to a range that stayed. */
export function useSight(
  { first, last, count }: Sight,
  tell: ((first: number, last: number) => void) | undefined,
): void {
  const latest = useRef(tell);
  const told = useRef(false);
  useEffect(() => {
    latest.current = tell;
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `count` is of what was told, too.
  useEffect(() => {
    const timer = setTimeout(() => latest.current?.(first, last), told.current ? REST_MS : 0);
    told.current = true;
    return () => clearTimeout(timer);
  }, [first, last, count]);
}

/**
 * Transfers that hardly come on keep nobody else waiting. There is room for ten or so at once, and one may take an hour: a primary that
 * sends an octet now and then, or three that agree on it, would hold all of it. So would secondaries that fetch as slowly.
 *
 * ```
 * runs ─ each `seconds`: less than SLOW_OCTETS for each of them moved, and others wait ─┬─ room aside ─▶ it goes on there, another begins
 *                                                                                       └─ none ──────▶ it is given up: too slow
 * ```
 * A slow line loses nothing by it, unless as many slow ones as may stand aside are there already.
 */
import type { Place } from "./gate.ts";

/** A second. At this pace an hour brings 230 MB. */
export const SLOW_OCTETS = 64 * 1024;

export type PaceWatch = {
  /**
   * Looks on while a transfer goes on: `moved` tells the octets that came or went so far, `giveUp` ends it. Returned: the end of it,
   * which tells whether it was given up, in words.
   */
  readonly begin: (moved: () => number, giveUp: () => void) => () => string | undefined;
};

/** `every` calls again and again, after so many seconds each time, until what it returned is called. */
export function watchPace(
  place: Place,
  seconds: number,
  every: (seconds: number, call: () => void) => () => void = atIntervals,
): PaceWatch {
  return {
    begin: (moved, giveUp) => {
      let before = 0;
      let verdict: string | undefined;
      const stop = every(seconds, () => {
        const since = moved() - before;
        before += since;
        if (verdict !== undefined || since >= SLOW_OCTETS * seconds || place.standAside() !== "full") return;
        verdict = `it moved ${since} octets in ${seconds} s while other transfers waited, and as many slow ones as there is room for went on beside it`;
        giveUp();
      });
      return () => {
        stop();
        return verdict;
      };
    },
  };
}

function atIntervals(seconds: number, call: () => void): () => void {
  const timer = setInterval(call, seconds * 1000);
  return () => clearInterval(timer);
}

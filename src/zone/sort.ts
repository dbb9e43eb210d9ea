/**
 * A stable natural merge sort of indexes in typed arrays: one pass over sorted input, n log(runs) otherwise. Transfers
 * mostly come in canonical order, and one million names may not become one million objects for `Array.sort`.
 */

/** Runs shorter than this are filled up by insertion, so that random input has few passes. */
const SHORTEST_RUN = 16;

/** Negative, zero or positive as `a` stands before, with or behind `b`. */
export type CompareIndexes = (a: number, b: number) => number;

/** Sorts `indexes` in place. */
export function sortIndexes(indexes: Uint32Array, compare: CompareIndexes): void {
  const count = indexes.length;
  const firstRun = runEnd(indexes, 0, compare);
  if (firstRun === count) return;
  // starts[i] is where run i begins; the last entry closes the last run.
  let starts = new Uint32Array(Math.ceil(count / SHORTEST_RUN) + 2);
  let runs = 0;
  for (let at = 0; at < count; ) {
    const end = fillRun(indexes, at, at === 0 ? firstRun : runEnd(indexes, at, compare), compare);
    starts[runs++] = at;
    at = end;
  }
  starts[runs] = count;
  let from = indexes;
  let to = new Uint32Array(count);
  while (runs > 1) {
    let merged = 0;
    const next = new Uint32Array((runs >> 1) + 2);
    for (let run = 0; run < runs; run += 2) {
      next[merged++] = starts[run]!;
      const middle = starts[Math.min(run + 1, runs)]!;
      const end = starts[Math.min(run + 2, runs)]!;
      merge(from, to, starts[run]!, middle, end, compare);
    }
    next[merged] = count;
    starts = next;
    runs = merged;
    const sorted = to;
    to = from as Uint32Array<ArrayBuffer>;
    from = sorted;
  }
  if (from !== indexes) indexes.set(from);
}

/** The end of the run that begins at `start`; a strictly falling run is turned round, which keeps the sort stable. */
function runEnd(indexes: Uint32Array, start: number, compare: CompareIndexes): number {
  const count = indexes.length;
  let end = start + 1;
  if (end >= count) return count;
  if (compare(indexes[start]!, indexes[end]!) > 0) {
    do end++;
    while (end < count && compare(indexes[end - 1]!, indexes[end]!) > 0);
    indexes.subarray(start, end).reverse();
  } else {
    do end++;
    while (end < count && compare(indexes[end - 1]!, indexes[end]!) <= 0);
  }
  return end;
}

/** Lengthens the run `start..end` to SHORTEST_RUN by insertion; gives its new end. */
function fillRun(indexes: Uint32Array, start: number, end: number, compare: CompareIndexes): number {
  const filled = Math.min(Math.max(end, start + SHORTEST_RUN), indexes.length);
  for (let i = end; i < filled; i++) {
    const index = indexes[i]!;
    let at = i;
    while (at > start && compare(indexes[at - 1]!, index) > 0) {
      indexes[at] = indexes[at - 1]!;
      at--;
    }
    indexes[at] = index;
  }
  return filled;
}

function merge(
  from: Uint32Array,
  to: Uint32Array,
  start: number,
  middle: number,
  end: number,
  compare: CompareIndexes,
): void {
  // Two runs that already follow each other need no comparison of their members.
  if (middle === end || compare(from[middle - 1]!, from[middle]!) <= 0) {
    to.set(from.subarray(start, end), start);
    return;
  }
  let left = start;
  let right = middle;
  for (let at = start; at < end; at++) {
    const takeLeft = right >= end || (left < middle && compare(from[left]!, from[right]!) <= 0);
    to[at] = takeLeft ? from[left++]! : from[right++]!;
  }
}

/** Chance with a seed: the same attack on every run, so that what breaks once breaks again. */

export type Random = {
  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
  octets(length: number): Uint8Array;
  /** True once in `times`. */
  oneIn(times: number): boolean;
};

/** xorshift32. `seed`: not 0. */
export function seededRandom(seed: number): Random {
  let state = seed | 0 || 1;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  return {
    below,
    pick: (from) => from[below(from.length)]!,
    octets: (length) => Uint8Array.from({ length }, () => below(256)),
    oneIn: (times) => below(times) === 0,
  };
}

/** Doubling growth of typed columns: the price of an append stays constant on average. */

type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array;

/** A copy of `column` with room for `needed` entries at least: twice the old length, or more. */
export function grown<T extends Column>(column: T, needed: number): T {
  const longer = new (column.constructor as new (length: number) => T)(Math.max(needed, column.length * 2));
  longer.set(column);
  return longer;
}

/**
 * Typed columns over shared memory and how they grow. Fresh memory is the dear thing when a million records come in:
 * the first touch of a page costs more than everything done with it (3 ns an octet were measured, against 0.1 for the
 * second touch). So a finished zone keeps the builder's columns where it can, and large columns grow by four: what is
 * not touched yet costs address space only.
 */

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array;

type ColumnType<T extends Column> = {
  new (buffer: SharedArrayBuffer): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Entries up to which columns grow by two, so that small zones stay small. */
const FEW_ENTRIES = 1 << 18;

/** A column of `length` zeros over a SharedArrayBuffer of its own. */
export function sharedColumn<T extends Column>(type: ColumnType<T>, length: number): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

/** How long a full column of `length` entries should become to have room for `needed`. */
export function longerLength(length: number, needed: number): number {
  return Math.max(needed, length * (length < FEW_ENTRIES ? 2 : 4));
}

/** A copy of `column` with room for `length` entries. */
export function grown<T extends Column>(column: T, length: number): T {
  const longer = sharedColumn(column.constructor as unknown as ColumnType<T>, length);
  longer.set(column);
  return longer;
}

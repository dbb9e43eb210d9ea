/**
 * Typed columns over shared memory and how they grow. Fresh memory is the dear thing when a million records come in:
 * the first touch of a page costs more than everything done with it (3 ns an octet were measured, against 0.1 for the
 * second touch). So a finished zone keeps the builder's columns where it can, and a large column grows where it stands: address
 * space is set aside for the most that the limits allow (it costs nothing until it is touched), and no copy is left behind.
 */

export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array;

type ColumnType<T extends Column> = {
  new (buffer: SharedArrayBuffer, octetOffset?: number, length?: number): T;
  readonly BYTES_PER_ELEMENT: number;
};

/** Entries up to which columns grow by two, so that small zones stay small. */
const FEW_ENTRIES = 1 << 18;

/** A column of `length` zeros over a SharedArrayBuffer of its own. */
export function sharedColumn<T extends Column>(type: ColumnType<T>, length: number): T {
  return new type(new SharedArrayBuffer(length * type.BYTES_PER_ELEMENT));
}

/** How long a full column of `length` entries should become to have room for `needed`, at most `most`. */
export function longerLength(length: number, needed: number, most: number): number {
  return Math.max(needed, Math.min(most, length * (length < FEW_ENTRIES ? 2 : 4)));
}

/** Octets from which on a column grows where it stands. */
const LARGE_OCTETS = 1 << 20;

/** `column` with room for `length` entries: the same memory where it has been large before, else a copy. `most`: entries that it may ever have. */
export function grown<T extends Column>(column: T, length: number, most: number): T {
  const type = column.constructor as unknown as ColumnType<T>;
  const buffer = column.buffer as SharedArrayBuffer;
  const octets = length * type.BYTES_PER_ELEMENT;
  if (buffer.growable && octets <= buffer.maxByteLength) {
    buffer.grow(Math.max(octets, buffer.byteLength));
    return new type(buffer, 0, length);
  }
  const longer = octets < LARGE_OCTETS ? sharedColumn(type, length) : growableColumn(type, length, most);
  longer.set(column);
  return longer;
}

/** The view has a length of its own: one that follows the buffer's is slower to read. */
function growableColumn<T extends Column>(type: ColumnType<T>, length: number, most: number): T {
  const octets = length * type.BYTES_PER_ELEMENT;
  const maxByteLength = Math.max(length, most) * type.BYTES_PER_ELEMENT;
  return new type(new SharedArrayBuffer(octets, { maxByteLength }), 0, length);
}

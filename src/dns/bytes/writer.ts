/**
 * A cursor that writes into octets given from outside and never past `limit`. The first write that does not fit sets
 * `failed`, writes nothing, and so do all later ones: the caller truncates or gives up, once, at the end.
 */
export class Writer {
  readonly octets: Uint8Array;
  offset: number;
  limit: number;
  failed = false;

  constructor(octets: Uint8Array, start = 0, limit = octets.length) {
    this.octets = octets;
    this.offset = start;
    this.limit = Math.min(limit, octets.length);
  }

  /** What was written since `start`, as a view. */
  written(start = 0): Uint8Array {
    return this.octets.subarray(start, this.offset);
  }

  u8(value: number): void {
    const at = this.reserve(1);
    if (at >= 0) this.octets[at] = value;
  }

  u16(value: number): void {
    const at = this.reserve(2);
    if (at >= 0) this.putU16(at, value);
  }

  u32(value: number): void {
    const at = this.reserve(4);
    if (at < 0) return;
    this.octets[at] = value >>> 24;
    this.octets[at + 1] = value >>> 16;
    this.octets[at + 2] = value >>> 8;
    this.octets[at + 3] = value;
  }

  u48(value: number): void {
    this.u16(Math.floor(value / 0x1_0000_0000));
    this.u32(value >>> 0);
  }

  bytes(source: Uint8Array): void {
    const at = this.reserve(source.length);
    if (at >= 0) this.octets.set(source, at);
  }

  /** Overwrites two octets already written: lengths and counts that are known only later. */
  putU16(at: number, value: number): void {
    this.octets[at] = value >>> 8;
    this.octets[at + 1] = value;
  }

  /** Room for `length` octets, to be filled later; its offset, or -1 when it does not fit. */
  reserve(length: number): number {
    const at = this.offset;
    if (this.failed || at + length > this.limit) {
      this.failed = true;
      return -1;
    }
    this.offset = at + length;
    return at;
  }
}

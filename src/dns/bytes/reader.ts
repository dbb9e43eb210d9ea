/**
 * A cursor over octets that can't leave its window. Reading past the end sets `failed` and yields zeros (or an empty
 * view), so that a parser reads straight on and asks once at the end.
 */
export class Reader {
  readonly octets: Uint8Array;
  readonly end: number;
  offset: number;
  failed = false;

  /** `octets[start..end)` is the window; offsets are absolute in `octets` (compression pointers need that). */
  constructor(octets: Uint8Array, start = 0, end = octets.length) {
    this.octets = octets;
    this.offset = start;
    this.end = Math.min(end, octets.length);
    if (start > this.end) this.failed = true;
  }

  get remaining(): number {
    return this.failed ? 0 : this.end - this.offset;
  }

  /** True when everything was read and nothing failed: RDATA has to be consumed exactly. */
  get finished(): boolean {
    return !this.failed && this.offset === this.end;
  }

  fail(): void {
    this.failed = true;
  }

  u8(): number {
    const at = this.take(1);
    return at < 0 ? 0 : this.octets[at]!;
  }

  u16(): number {
    const at = this.take(2);
    return at < 0 ? 0 : (this.octets[at]! << 8) | this.octets[at + 1]!;
  }

  /** Unsigned, 0 to 2^32-1. */
  u32(): number {
    const at = this.take(4);
    if (at < 0) return 0;
    const o = this.octets;
    return ((o[at]! << 24) | (o[at + 1]! << 16) | (o[at + 2]! << 8) | o[at + 3]!) >>> 0;
  }

  /** 48 bits, as TSIG's time (RFC 8945 section 4.2). */
  u48(): number {
    const high = this.u16();
    return high * 0x1_0000_0000 + this.u32();
  }

  /** A view (not a copy) of the next `length` octets. */
  bytes(length: number): Uint8Array {
    const at = this.take(length);
    return at < 0 ? this.octets.subarray(0, 0) : this.octets.subarray(at, at + length);
  }

  /** Everything up to the end of the window. */
  rest(): Uint8Array {
    return this.bytes(this.remaining);
  }

  skip(length: number): void {
    this.take(length);
  }

  /** A reader over the next `length` octets; this one moves past them. The inner one shares `octets`, so pointers work. */
  window(length: number): Reader {
    const at = this.take(length);
    const inner = at < 0 ? new Reader(this.octets, 0, 0) : new Reader(this.octets, at, at + length);
    if (at < 0) inner.failed = true;
    return inner;
  }

  private take(length: number): number {
    const at = this.offset;
    if (this.failed || length < 0 || at + length > this.end) {
      this.failed = true;
      return -1;
    }
    this.offset = at + length;
    return at;
  }
}

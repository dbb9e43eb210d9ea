/**
 * Moves RDATA out of a message, field by field, checking as it goes: the one place where outside RDATA is read. Sticky
 * failure, as in `Reader`: fields run straight on and the caller asks once at the end.
 */
import { copyName } from "#name";

export class Copier {
  readonly source: Uint8Array;
  readonly end: number;
  readonly out: Uint8Array;
  /** Whether compression pointers are followed at all: never in RDATA that stands alone. */
  readonly pointers: boolean;
  at: number;
  outAt: number;
  failed = false;

  /** `source[at..end)` must lie within `source`. Octets past the end of `out` are lost: the caller compares `outAt`. */
  constructor(source: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number, pointers: boolean) {
    this.source = source;
    this.at = at;
    this.end = end;
    this.out = out;
    this.outAt = outAt;
    this.pointers = pointers;
  }

  get remaining(): number {
    return this.end - this.at;
  }

  /** The octet `offset` behind the cursor; 0 and failure behind the end. */
  peek(offset: number): number {
    if (this.at + offset >= this.end) this.failed = true;
    return this.failed ? 0 : this.source[this.at + offset]!;
  }

  peekU16(offset: number): number {
    return (this.peek(offset) << 8) | this.peek(offset + 1);
  }

  copy(length: number): void {
    if (this.failed || this.at + length > this.end) {
      this.failed = true;
      return;
    }
    for (let i = 0; i < length; i++) this.out[this.outAt + i] = this.source[this.at + i]!;
    this.at += length;
    this.outAt += length;
  }

  /** A domain name; `decompress` is false for the types in which RFC 3597 section 4 forbids pointers. */
  name(decompress: boolean): void {
    if (this.failed) return;
    const copied = copyName(this.source, this.at, this.end, this.out, this.outAt, decompress && this.pointers);
    if (copied < 0) {
      this.failed = true;
      return;
    }
    this.at += copied >> 8;
    this.outAt += copied & 255;
  }
}

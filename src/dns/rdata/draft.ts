/** RDATA in the making, from text: grows as needed and never past the 65535 octets that an RDLENGTH can say. */

export const MAX_RDATA = 65535;

export class Draft {
  private octets = new Uint8Array(64);
  private length = 0;
  /** Set when something did not fit; then nothing more is written. */
  overflow = false;

  u8(value: number): void {
    if (this.reserve(1)) this.octets[this.length - 1] = value;
  }

  u16(value: number): void {
    this.u8(value >>> 8);
    this.u8(value & 255);
  }

  u32(value: number): void {
    this.u16(value >>> 16);
    this.u16(value & 0xffff);
  }

  bytes(source: Uint8Array): void {
    if (this.reserve(source.length)) this.octets.set(source, this.length - source.length);
  }

  /** A copy of what was written. */
  finish(): Uint8Array {
    return this.octets.slice(0, this.length);
  }

  private reserve(count: number): boolean {
    const length = this.length + count;
    if (this.overflow || length > MAX_RDATA) {
      this.overflow = true;
      return false;
    }
    if (length > this.octets.length) {
      const larger = new Uint8Array(Math.min(MAX_RDATA, Math.max(length, this.octets.length * 2)));
      larger.set(this.octets.subarray(0, this.length));
      this.octets = larger;
    }
    this.length = length;
    return true;
  }
}

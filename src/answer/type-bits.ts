/** The type bitmap of an NSEC or NSEC3 made while answering (RFC 4034 section 4.1.2), without a list or an object. */

export class TypeBits {
  /** One bit for each of 65536 types; all zero between uses. */
  private readonly bits = new Uint8Array(8192);
  private lowest = 255;
  private highest = -1;

  add(type: number): void {
    this.bits[type >>> 3]! |= 0x80 >>> (type & 7);
    const window = type >>> 8;
    if (window < this.lowest) this.lowest = window;
    if (window > this.highest) this.highest = window;
  }

  /** Writes the windows to `out[at..)`, forgets all types, and gives the offset behind them. */
  write(out: Uint8Array, at: number): number {
    const { bits } = this;
    let end = at;
    for (let window = this.lowest; window <= this.highest; window++) {
      const first = 32 * window;
      let length = 32;
      while (length > 0 && bits[first + length - 1] === 0) length--;
      if (length === 0) continue;
      out[end] = window;
      out[end + 1] = length;
      for (let i = 0; i < length; i++) {
        out[end + 2 + i] = bits[first + i]!;
        bits[first + i] = 0;
      }
      end += 2 + length;
    }
    this.lowest = 255;
    this.highest = -1;
    return end;
  }
}

/** Octets that the bitmap of any set of types can take. */
export const MAX_TYPE_BITMAP = 256 * 34;

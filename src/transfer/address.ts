/** Client addresses as octets, and the ranges they are compared with. */

export type AddressRange = {
  /** 4 octets for IPv4, 16 for IPv6. */
  readonly address: Uint8Array;
  /** Bits, 0 to 32 or 128. */
  readonly prefixLength: number;
};

/** IPv4 seen through an IPv6 socket (`::ffff:a.b.c.d`, RFC 4291 section 2.5.5.2) as the four octets it is. */
export function plainAddress(address: Uint8Array): Uint8Array {
  if (address.length !== 16 || address[10] !== 255 || address[11] !== 255) return address;
  for (let i = 0; i < 10; i++) if (address[i] !== 0) return address;
  return address.subarray(12);
}

export function sameAddress(a: Uint8Array, b: Uint8Array): boolean {
  return inRange(a, { address: b, prefixLength: plainAddress(b).length * 8 });
}

export function inRange(address: Uint8Array, range: AddressRange): boolean {
  const a = plainAddress(address);
  const r = plainAddress(range.address);
  if (a.length !== r.length) return false;
  const bits = Math.min(range.prefixLength, a.length * 8);
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (a[i] !== r[i]) return false;
  const mask = (0xff00 >> (bits & 7)) & 0xff;
  return (bits & 7) === 0 || ((a[whole]! ^ r[whole]!) & mask) === 0;
}

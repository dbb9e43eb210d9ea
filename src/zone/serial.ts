/** Serial arithmetic of RFC 1982 on the 32-bit SOA SERIAL. */

/** How far apart two serials may be and still be ordered; at exactly this distance RFC 1982 section 3.2 defines no order. */
const HALF = 0x8000_0000;

/**
 * -1 when `a` is older than `b`, 0 when equal, 1 when newer; undefined at a distance of exactly 2^31. Both unsigned.
 */
export function serialCompare(a: number, b: number): -1 | 0 | 1 | undefined {
  const ahead = (a - b) >>> 0;
  if (ahead === 0) return 0;
  if (ahead === HALF) return undefined;
  return ahead < HALF ? 1 : -1;
}

/** True when `candidate` is newer than `current`. The undefined distance is not newer: `serialCompare` tells it apart. */
export function serialNewer(candidate: number, current: number): boolean {
  return serialCompare(candidate, current) === 1;
}

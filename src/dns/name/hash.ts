/**
 * The one hash of names, case-folded, computed from the root towards the left, label by label: the hash of every suffix
 * of a query name falls out on the way. Zone table and zone images use the same one, so a worker hashes a question once.
 */

/** ASCII upper case to lower (RFC 4343); all else stays. Indexed by octet. */
export const CASE_FOLD: Uint8Array = Uint8Array.from({ length: 256 }, (_, o) =>
  o >= 0x41 && o <= 0x5a ? o + 0x20 : o,
);

/** The hash of the root. */
export const HASH_SEED = 0x811c9dc5 | 0;

/**
 * The hash of the name that has the label at `octets[at]` (its length octet) in front of a name with hash `suffix`.
 * Signed 32 bits. Not secret: an owner can build collisions inside his own zone only, and table probes are bounded by
 * the compiler, which refuses an image with a longer probe than `MAX_PROBE`.
 */
export function hashLabel(suffix: number, octets: Uint8Array, at: number): number {
  const length = octets[at]!;
  let hash = suffix;
  for (let i = at; i <= at + length; i++) hash = Math.imul(hash ^ CASE_FOLD[octets[i]!]!, 0x01000193);
  // FNV-1a's low bits are weak for short labels that differ in the last octet: one round of mixing for each label.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}

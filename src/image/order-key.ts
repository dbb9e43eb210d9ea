/**
 * Order keys: octets whose plain lexicographic order is the canonical order of names below one apex (RFC 4034 section
 * 6.1). Labels from the right, case-folded, each closed by 0; octets 0 and 1 inside a label are escaped by 1, so that
 * "absent" stays smaller than any octet. An image keeps 8 octets for each name: binary search then touches one flat
 * array (8 MB for a million names) and looks at a name only when 8 octets do not decide.
 */
import { CASE_FOLD } from "#name";

/** Longest order key: every octet of a 255-octet name escaped. */
export const MAX_ORDER_KEY = 512;

const starts = new Uint16Array(128);

/**
 * Writes the key of the name at `name[at]` without its last `apexLabels` labels into `out` and gives the key's length.
 * Synchronous and not re-entrant: the label starts are kept in one array of the room.
 */
export function writeOrderKey(name: Uint8Array, at: number, apexLabels: number, out: Uint8Array): number {
  let labels = 0;
  for (let p = at; name[p]! !== 0; p += name[p]! + 1) starts[labels++] = p - at;
  let length = 0;
  for (let label = labels - apexLabels - 1; label >= 0; label--) {
    const start = at + starts[label]!;
    const end = start + name[start]!;
    for (let p = start + 1; p <= end; p++) {
      const octet = CASE_FOLD[name[p]!]!;
      if (octet > 1) {
        out[length++] = octet;
      } else {
        out[length++] = 1;
        out[length++] = octet + 1;
      }
    }
    out[length++] = 0;
  }
  return length;
}

/** Four octets of a key from `at` on as an unsigned word, zeros behind its end. */
export function keyWord(key: Uint8Array, length: number, at: number): number {
  let word = 0;
  for (let i = at; i < at + 4; i++) word = (word << 8) | (i < length ? key[i]! : 0);
  return word >>> 0;
}

/**
 * A Name is absolute, uncompressed, in wire form, case kept: length octet, label, …, 0. 1 to 255 octets (RFC 1035
 * section 3.1). Functions here trust that form: check at the door (`parseName`, `readName`), then trust.
 */
import { toLatin1 } from "#bytes";
import { CASE_FOLD, HASH_SEED, hashLabel } from "./hash.ts";

export type Name = Uint8Array;

/** Octets, with the root's zero. */
export const MAX_NAME = 255;
/** Labels without the root in so many octets. */
const MAX_LABELS = 127;

export const ROOT: Name = Uint8Array.of(0);

/** Labels without the root: `example.com.` has 2. A wildcard's `*` counts (RRSIG's Labels field does not count it). */
export function labelCount(name: Name): number {
  let count = 0;
  for (let at = 0; name[at]! !== 0; at += name[at]! + 1) count++;
  return count;
}

/** Offsets of the length octets, leftmost first, without the root's. */
export function labelOffsets(name: Name): number[] {
  const offsets: number[] = [];
  for (let at = 0; name[at]! !== 0; at += name[at]! + 1) offsets.push(at);
  return offsets;
}

/** Case-insensitive (RFC 4343). */
export function nameEquals(a: Name, b: Name): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (CASE_FOLD[a[i]!] !== CASE_FOLD[b[i]!]) return false;
  return true;
}

/** True when `name` is `apex` or below it. */
export function isSubdomain(name: Name, apex: Name): boolean {
  let at = 0;
  while (name.length - at > apex.length) at += name[at]! + 1;
  return name.length - at === apex.length && nameEquals(name.subarray(at), apex);
}

/** The name without its leftmost `labels` labels, as a view. */
export function stripLabels(name: Name, labels: number): Name {
  let at = 0;
  for (let i = 0; i < labels && name[at]! !== 0; i++) at += name[at]! + 1;
  return name.subarray(at);
}

/** The name without its leftmost label, as a view; the root's parent is the root. */
export function parentName(name: Name): Name {
  return stripLabels(name, 1);
}

/** A copy in lower case: the canonical form of RFC 4034 section 6.2. */
export function lowerName(name: Name): Name {
  const lower = new Uint8Array(name.length);
  for (let i = 0; i < name.length; i++) lower[i] = CASE_FOLD[name[i]!]!;
  return lower;
}

/** Key for a Map: lower-cased octets as a string. */
export function nameKey(name: Name): string {
  return toLatin1(lowerName(name));
}

/** The hash used by zone images and zone tables. */
export function nameHash(name: Name): number {
  let hash = HASH_SEED;
  const offsets = labelOffsets(name);
  for (let i = offsets.length - 1; i >= 0; i--) hash = hashLabel(hash, name, offsets[i]!);
  return hash;
}

/** How many labels, counted from the right, two names have in common. */
export function commonLabels(a: Name, b: Name): number {
  const left = labelOffsets(a);
  const right = labelOffsets(b);
  let common = 0;
  while (common < left.length && common < right.length) {
    const i = left[left.length - 1 - common]!;
    const j = right[right.length - 1 - common]!;
    if (compareLabels(a, i, b, j) !== 0) break;
    common++;
  }
  return common;
}

/** Canonical order of RFC 4034 section 6.1: labels from the right, case-folded, absent before anything. */
export function compareNames(a: Name, b: Name): number {
  return compareNamesAt(a, 0, b, 0);
}

/** The same of the names that begin at `a[aAt]` and `b[bAt]`: no object is made, so that a million names leave no garbage. */
export function compareNamesAt(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  let i = measure(a, aAt, LEFT) - 1;
  let j = measure(b, bAt, RIGHT) - 1;
  for (; i >= 0 && j >= 0; i--, j--) {
    const order = compareLabels(a, aAt + LEFT[i]!, b, bAt + RIGHT[j]!);
    if (order !== 0) return order;
  }
  return i - j;
}

export function isWildcard(name: Name): boolean {
  return name[0] === 1 && name[1] === 0x2a;
}

/** `*.` in front of a name; undefined when that would pass 255 octets. */
export function wildcardOf(name: Name): Name | undefined {
  return appendLabel(Uint8Array.of(0x2a), name);
}

/** `label` (1 to 63 octets, without its length) in front of `name`; undefined when it would pass 255 octets. */
export function appendLabel(label: Uint8Array, name: Name): Name | undefined {
  if (name.length + label.length + 1 > MAX_NAME || label.length < 1 || label.length > 63) return undefined;
  const longer = new Uint8Array(name.length + label.length + 1);
  longer[0] = label.length;
  longer.set(label, 1);
  longer.set(name, label.length + 1);
  return longer;
}

/** Label starts of the two names that are being compared; filled and read within one call. */
const LEFT = new Uint8Array(MAX_LABELS);
const RIGHT = new Uint8Array(MAX_LABELS);

/** Where each label of the name at `at` starts, counted from there; gives their number. */
function measure(octets: Uint8Array, at: number, starts: Uint8Array): number {
  let count = 0;
  // The bound is for what is no name: an image is compared within while it is still being verified.
  for (let p = at; octets[p]! !== 0 && count < MAX_LABELS; p += octets[p]! + 1) starts[count++] = p - at;
  return count;
}

function compareLabels(a: Uint8Array, i: number, b: Uint8Array, j: number): number {
  const la = a[i]!;
  const lb = b[j]!;
  const n = Math.min(la, lb);
  for (let k = 1; k <= n; k++) {
    const d = CASE_FOLD[a[i + k]!]! - CASE_FOLD[b[j + k]!]!;
    if (d !== 0) return d;
  }
  return la - lb;
}

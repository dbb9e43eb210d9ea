/**
 * Names that come right behind a name in canonical order (RFC 4034 section 6.1): the next names of compact denial
 * (RFC 9824) and of minimally covering NSEC (RFC 4470, 4471), also where 63-octet labels and 255-octet names leave no
 * room for the usual ones.
 *
 * ```
 * canonicalSuccessor   \000.name                              room for two octets more
 *                      = subtreeSuccessor(name)               else: such a name has no children
 * subtreeSuccessor     label\000.parent                       room for an octet more in the label and in the name
 *                      label + 1 .parent                      else: strip octets 255, increase the last one left
 *                      = subtreeSuccessor(parent)             all octets were 255; behind the apex comes the apex
 * ```
 */
import { appendLabel, CASE_FOLD, MAX_NAME, type Name, nameEquals, parentName } from "#name";

const ZERO_LABEL = Uint8Array.of(0);
const MAX_LABEL = 63;

/** The first possible name behind `name` (in or below `apex`): nothing lies between. The apex itself when there is none. */
export function canonicalSuccessor(name: Name, apex: Name): Name {
  return appendLabel(ZERO_LABEL, name) ?? subtreeSuccessor(name, apex);
}

/** The first possible name behind `name` and everything below it. The apex itself when there is none in the zone. */
export function subtreeSuccessor(name: Name, apex: Name): Name {
  // At most 127 labels: each turn takes one away.
  for (let at = name; at[0] !== 0 && !nameEquals(at, apex); at = parentName(at)) {
    const next = longerLabel(at) ?? greaterLabel(at);
    if (next) return next;
  }
  return apex;
}

/** NSEC next name for a name that does not exist, or that exists without the type asked for (RFC 9824 section 3.1, 3.2). */
export function compactNext(name: Name, apex: Name): Name {
  return canonicalSuccessor(name, apex);
}

/**
 * NSEC next name for an unsigned referral: it covers the whole subtree of the delegation, so that the proof says the
 * same as a full chain's would (RFC 9824 section 3.4).
 */
export function referralNext(cut: Name, apex: Name): Name {
  return subtreeSuccessor(cut, apex);
}

/** The name with a zero octet behind its first label; undefined when label or name are full. */
function longerLabel(name: Name): Name | undefined {
  const label = name[0]!;
  if (label === MAX_LABEL || name.length === MAX_NAME) return undefined;
  const longer = new Uint8Array(name.length + 1);
  longer[0] = label + 1;
  longer.set(name.subarray(1, label + 1), 1);
  longer.set(name.subarray(label + 1), label + 2);
  return longer;
}

/** The name with its first label replaced by the next greater label that is not longer; undefined when all octets are 255. */
function greaterLabel(name: Name): Name | undefined {
  let kept = name[0]!;
  while (kept > 0 && name[kept] === 255) kept--;
  if (kept === 0) return undefined;
  const rest = name.subarray(name[0]! + 1);
  const next = new Uint8Array(1 + kept + rest.length);
  next[0] = kept;
  next.set(name.subarray(1, kept + 1), 1);
  next[kept] = followingOctet(name[kept]!);
  next.set(rest, kept + 1);
  return next;
}

/** Upper-case letters sort as lower case, so `@` is followed by `[` and `Z` by `{`. */
function followingOctet(octet: number): number {
  const next = CASE_FOLD[octet]! + 1;
  return next === 0x41 ? 0x5b : next;
}

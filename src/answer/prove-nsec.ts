/**
 * Denial by the zone's own NSEC chain (RFC 4035 section 3.1.3), pre-signed or made at compile time: which NSECs go along.
 *
 * ```
 * NXDOMAIN            covers the name          covers *.closest encloser
 * NODATA              at the name              (empty non-terminal: the one that covers it)
 * NODATA by wildcard  covers the name          at the wildcard
 * answer by wildcard  covers the name
 * referral without DS at the cut
 * ```
 */
import type { ZoneImage } from "#image";
import { Outcome } from "./lookup.ts";
import { MAX_PROOFS, type Work } from "./work.ts";

/** The name does not exist itself: a wildcard answered for it. */
export function nsecForWildcard(work: Work): void {
  add(work, covering(work));
}

/** NoData and NxDomain, by `work.found`. */
export function nsecForDenial(work: Work): void {
  const { found } = work;
  const { image } = work.entry;
  if (found.outcome === Outcome.NxDomain) {
    add(work, covering(work));
    add(work, wildcardCovering(work, found.encloser));
    return;
  }
  if (found.wildcard) add(work, covering(work));
  add(work, image.nsecNode(found.node));
}

/** A cut without DS. */
export function nsecForCut(work: Work, cut: number): void {
  add(work, work.entry.image.nsecNode(cut));
}

function covering(work: Work): number {
  const { image } = work.entry;
  return image.nsecNode(image.findPrevious(work.name.octets, work.name.at));
}

/**
 * The NSEC that covers `*.encloser`, which does not exist. In canonical order it would stand right behind the encloser,
 * unless there are children whose labels begin with an octet below `*`: then it has to be searched for.
 */
function wildcardCovering(work: Work, encloser: number): number {
  const { image } = work.entry;
  if (!hasChildBefore(image, encloser)) return image.nsecNode(encloser);
  const wildcard = work.scratch[2];
  const length = image.nodeNameLength(encloser);
  const at = image.nodeNameAt(encloser);
  wildcard[0] = 1;
  wildcard[1] = ASTERISK;
  for (let i = 0; i < length; i++) wildcard[2 + i] = image.octets[at + i]!;
  return image.nsecNode(image.findPrevious(wildcard, 0));
}

const ASTERISK = 0x2a;

function hasChildBefore(image: ZoneImage, node: number): boolean {
  const index = image.nodeIndex(node) + 1;
  if (index >= image.nodeCount) return false;
  const next = image.nodeAt(index);
  return image.nodeLabels(next) > image.nodeLabels(node) && image.octets[image.nodeNameAt(next) + 1]! < ASTERISK;
}

function add(work: Work, node: number): void {
  if (node === 0 || work.proofCount === MAX_PROOFS) return;
  for (let i = 0; i < work.proofCount; i++) if (work.proofs[i] === node) return;
  work.proofs[work.proofCount++] = node;
}

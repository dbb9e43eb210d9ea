/**
 * Denial by the zone's own NSEC3 chain (RFC 5155 section 7.2): which NSEC3s go along.
 *
 * ```
 * closest provable encloser: the nearest ancestor with an NSEC3 of its own. Below opt-out an empty non-terminal has none.
 * next closer: one label longer, towards the name.
 *
 * NXDOMAIN            matches the encloser    covers the next closer    covers *.encloser
 * NODATA              matches the name; without an NSEC3 (opt-out): encloser and next closer as above
 * NODATA by wildcard  matches the encloser    covers the next closer    matches the wildcard
 * answer by wildcard                          covers the next closer
 * referral without DS matches the cut; without an NSEC3 (opt-out): encloser and next closer
 * ```
 */
import { MAX_NSEC3_ITERATIONS, nsec3Hash } from "#dnssec";
import { Outcome } from "./lookup.ts";
import { MAX_PROOFS, type Work } from "./work.ts";

/** RFC 5155 section 7.2.6. */
export function nsec3ForWildcard(work: Work): void {
  coverNextCloser(work, work.found.encloserLabel);
}

/** NoData and NxDomain, by `work.found` (RFC 5155 sections 7.2.2 to 7.2.5). */
export function nsec3ForDenial(work: Work): void {
  const { found } = work;
  const { image } = work.entry;
  if (found.outcome === Outcome.NxDomain) {
    coverWildcard(work, proveEncloser(work, found.encloser, found.encloserLabel));
  } else if (found.wildcard) {
    proveEncloser(work, found.encloser, found.encloserLabel);
    add(work, image.nsec3Match(found.node));
  } else {
    nsec3ForNode(work, found.node);
  }
}

/** A name that exists, without the type asked for; a cut without DS (RFC 5155 section 7.2.7). */
export function nsec3ForNode(work: Work, node: number): void {
  const { image } = work.entry;
  const match = image.nsec3Match(node);
  if (match >= 0) {
    add(work, match);
    return;
  }
  // The node's own place in the name: it is the name, or (a cut) a suffix of it.
  proveEncloser(work, node, work.name.labels - image.nodeLabels(node));
}

/**
 * Adds the match of the closest provable encloser at or above `node`, which begins at `label` of the name, and the cover of
 * the next closer name. Gives the encloser's node.
 */
function proveEncloser(work: Work, node: number, label: number): number {
  const { image } = work.entry;
  let encloser = node;
  let at = label;
  // Ends at the apex at the latest: a chain without the apex is no chain (`verifyImage` and validation see to it).
  while (image.nsec3Match(encloser) < 0 && encloser !== image.apexNode) {
    encloser = image.nodeParent(encloser);
    at++;
  }
  add(work, image.nsec3Match(encloser));
  coverNextCloser(work, at);
  return encloser;
}

/** The next closer name to an encloser that begins at `label`. */
function coverNextCloser(work: Work, label: number): void {
  if (label === 0) return;
  const { name } = work;
  cover(work, name.octets, name.at + name.starts[label - 1]!);
}

function coverWildcard(work: Work, encloser: number): void {
  const { image } = work.entry;
  const made = image.nsec3WildcardCover(encloser);
  if (made >= 0) {
    add(work, made);
    return;
  }
  const wildcard = work.scratch[2];
  const length = image.nodeNameLength(encloser);
  // No name below such an encloser is as long as to leave no room for `*.`: the question's name is longer still.
  if (length + 2 > 255) return;
  const at = image.nodeNameAt(encloser);
  wildcard[0] = 1;
  wildcard[1] = 0x2a;
  for (let i = 0; i < length; i++) wildcard[2 + i] = image.octets[at + i]!;
  cover(work, wildcard, 0);
}

function cover(work: Work, octets: Uint8Array, at: number): void {
  const { image } = work.entry;
  const params = image.nsec3!;
  // Released by the operator in spite of its iterations: nobody who asks may cost a worker 30 ms (RFC 9276 section 3.2).
  if (params.iterations > MAX_NSEC3_ITERATIONS) return;
  nsec3Hash(octets, params.salt, params.iterations, HASH, 0, at);
  add(work, image.findNsec3(HASH));
}

/** Scratch: written and read within one call. */
const HASH = new Uint8Array(20);

function add(work: Work, index: number): void {
  if (index < 0 || work.proofCount === MAX_PROOFS) return;
  for (let i = 0; i < work.proofCount; i++) if (work.proofs[i] === index) return;
  work.proofs[work.proofCount++] = index;
}

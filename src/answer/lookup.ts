/**
 * One name and type against one zone image: what is there, by RFC 1034 section 4.3.2 as amended by RFC 4592 (wildcards),
 * RFC 6672 (DNAME) and RFC 8020. CNAME and DNAME chains are the caller's loop.
 *
 * ```
 * exact node? ─no─▶ closest encloser (ancestors, nearest first) ─▶ hidden or cut: Delegation (or Dname above)
 *   │                                                             DNAME: Dname    `*` child: as if it were the node
 *   ▼                                                             else NxDomain
 * hidden: Delegation or Dname    cut: Delegation, but DS is answered here    CNAME: Cname    set there: Answer    else NoData
 * ```
 */
import { NodeFlag, type ZoneImage } from "#image";
import { RRType } from "#rdata";
import type { NameView } from "./name-view.ts";

export const Outcome = { Answer: 0, Cname: 1, Dname: 2, Delegation: 3, NoData: 4, NxDomain: 5 } as const;
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** What a lookup found; reused. Nodes and sets are refs into the image, 0 = none. */
export class Found {
  outcome: Outcome = Outcome.NxDomain;
  /** Answer, Cname, NoData: the node that has (or lacks) the data. Delegation: the cut. Dname: its owner. */
  node = 0;
  /** The set that answers (Answer), the CNAME, the DNAME, or the NS of the cut. */
  set = 0;
  /** The closest encloser: the node itself when the name exists. */
  encloser = 0;
  /** Index of the label with which the closest encloser begins in the name; 0 when the name exists. */
  encloserLabel = 0;
  /** `node` is the encloser's `*` child, standing in for the name. */
  wildcard = false;
}

/**
 * `apexLabel`: index of the label in `name` with which the zone's apex begins. `live`: signatures are made when asked for,
 * so that every set counts as signed for type RRSIG. `compact`: every name has an NSEC, made when asked for.
 */
export function lookup(
  image: ZoneImage,
  name: NameView,
  apexLabel: number,
  type: number,
  live: boolean,
  compact: boolean,
  found: Found,
): void {
  let label = 0;
  let node = image.findNode(name.hashes[0]!, name.octets, name.at);
  while (node === 0 && label < apexLabel) {
    label++;
    node = image.findNode(name.hashes[label]!, name.octets, name.at + name.starts[label]!);
  }
  found.encloser = node;
  found.encloserLabel = label;
  found.wildcard = false;
  const flags = image.nodeFlags(node);
  if (flags & NodeFlag.Occluded) {
    throughCut(image, image.cutOf(node), found);
  } else if (label === 0) {
    atNode(image, node, flags, type, live, compact, found);
  } else if (flags & (NodeFlag.Cut | NodeFlag.Dname)) {
    throughCut(image, node, found);
  } else {
    const wildcard = image.wildcardChild(node);
    if (wildcard === 0) {
      found.outcome = Outcome.NxDomain;
      found.node = 0;
      found.set = 0;
    } else {
      found.wildcard = true;
      atNode(image, wildcard, image.nodeFlags(wildcard), type, live, compact, found);
    }
  }
}

/** Below a cut or a DNAME. Where both stand at one node, the cut goes first: the DNAME belongs to the child. */
function throughCut(image: ZoneImage, node: number, found: Found): void {
  found.node = node;
  if (image.nodeFlags(node) & NodeFlag.Cut) {
    found.outcome = Outcome.Delegation;
    found.set = image.findRRset(node, RRType.NS);
  } else {
    found.outcome = Outcome.Dname;
    found.set = image.findRRset(node, RRType.DNAME);
  }
}

function atNode(
  image: ZoneImage,
  node: number,
  flags: number,
  type: number,
  live: boolean,
  compact: boolean,
  found: Found,
): void {
  found.node = node;
  if (flags & NodeFlag.Cut && type !== RRType.DS) {
    found.outcome = Outcome.Delegation;
    found.set = image.findRRset(node, RRType.NS);
    return;
  }
  let set = 0;
  if (type === RRType.ANY || type === RRType.RRSIG) {
    set = firstSet(image, node, type === RRType.RRSIG && !live);
  } else {
    set = image.findRRset(node, type);
    // An NSEC stands beside a CNAME (RFC 4035 section 2.5). Where there is none (unsigned, NSEC3), the alias is followed: the
    // NSEC3 of the name shows a CNAME, which proves no NODATA to anybody.
    if (set === 0 && !(compact && type === RRType.NSEC)) {
      const alias = image.findRRset(node, RRType.CNAME);
      if (alias !== 0) {
        found.outcome = Outcome.Cname;
        found.set = alias;
        return;
      }
    }
  }
  found.set = set;
  found.outcome = set === 0 ? Outcome.NoData : Outcome.Answer;
}

/** RRSIG gets the signatures of the first RRset by type that has some, as Knot does; for ANY the first one (see any.ts). */
function firstSet(image: ZoneImage, node: number, signed: boolean): number {
  const sets = image.rrsetsAt(node);
  for (let i = 0; i < sets; i++) {
    const set = image.rrsetAt(node, i);
    if (signed ? image.rrsetSigCount(set) > 0 : image.rrsetCountOf(set) > 0) return set;
  }
  return 0;
}

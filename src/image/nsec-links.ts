/**
 * The links of an NSEC chain round names that changed (RFC 4034 section 4). `shape` has the new data already and the old links:
 * it says which names there are now, and what stands beside them.
 */
import { bytesEqual, concatBytes } from "#bytes";
import { nsecBitmap } from "#dnssec";
import { type Name, nameHash } from "#name";
import { RRType } from "#rdata";
import type { ZoneImage } from "./image.ts";
import { NodeFlag } from "./layout.ts";
import { rrsetRdatas } from "./unpack.ts";
import { imageView } from "./view.ts";

/** What is to become of the NSEC at a name: octets of its own, as `shape` may be written over before it is used. */
export type NsecLink = {
  readonly owner: Name;
  /** What stands there. */
  readonly old: { readonly ttl: number; readonly rdata: Uint8Array } | undefined;
  /** Undefined: it goes. */
  readonly rdata: Uint8Array | undefined;
};

/** The NSEC at this node becomes this one, or goes. */
export function linkAt(shape: ZoneImage, node: number, rdata: Uint8Array | undefined): NsecLink {
  const ref = shape.findRRset(node, RRType.NSEC);
  const old = ref === 0 ? undefined : { ttl: shape.rrsetTtl(ref), rdata: rrsetRdatas(shape, ref)[0]!.slice() };
  return { owner: shape.nodeName(node).slice(), old, rdata };
}

/** Those that are not as they should be. `apexTypes`: types that the apex has without their being in the image. */
export function nsecLinks(shape: ZoneImage, names: readonly Name[], apexTypes: readonly number[] = []): NsecLink[] {
  const chain = new Chain(shape);
  const links: NsecLink[] = [];
  const places = new Set<number>();
  for (const name of names) {
    const node = shape.findNode(nameHash(name), name, 0);
    const index = shape.nodeIndex(node === 0 ? shape.findPrevious(name, 0) : node);
    places.add(chain.memberUpTo(index));
    if (node !== 0 && index > 0) places.add(chain.memberUpTo(index - 1));
    const isOver = node !== 0 && !chain.isMember(index) && shape.findRRset(node, RRType.NSEC) !== 0;
    if (isOver) links.push(linkAt(shape, node, undefined));
  }
  const view = imageView(shape);
  for (const index of places) {
    const node = shape.nodeAt(index);
    const bitmap = nsecBitmap(view.node(index), node === shape.apexNode ? apexTypes : []);
    const rdata = concatBytes([shape.nodeName(chain.memberAfter(index)), bitmap]);
    const link = linkAt(shape, node, rdata);
    const isRight = link.old?.ttl === shape.negativeTtl && bytesEqual(link.old.rdata, rdata);
    if (!isRight) links.push(link);
  }
  return links;
}

/** Which nodes have an NSEC, by what they are (RFC 4035 section 2.3): the apex, at 0, always. */
class Chain {
  readonly #shape: ZoneImage;

  constructor(shape: ZoneImage) {
    this.#shape = shape;
  }

  isMember(index: number): boolean {
    return this.#before(index) === index;
  }

  /** From a name below a cut or a DNAME straight to that: there may be a million. Empty non-terminals are 126 at most, one in the other. */
  memberUpTo(index: number): number {
    let at = index;
    for (let before = this.#before(at); before !== at; before = this.#before(at)) at = before;
    return at;
  }

  /** Itself, where it is a member; else one before it, with none between the two. */
  #before(index: number): number {
    const shape = this.#shape;
    const node = shape.nodeAt(index);
    const flags = shape.nodeFlags(node);
    if ((flags & NodeFlag.Occluded) !== 0) return shape.nodeIndex(shape.cutOf(node));
    return (flags & NodeFlag.Ent) === 0 ? index : index - 1;
  }

  /** The node behind it, round the end. */
  memberAfter(index: number): number {
    const shape = this.#shape;
    for (let at = index + 1; at < shape.nodeCount; at++) if (this.isMember(at)) return shape.nodeAt(at);
    return shape.apexNode;
  }
}

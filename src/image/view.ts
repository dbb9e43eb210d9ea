/** A zone image as the validator of #dnssec sees it: nothing is copied but the small lists of each node looked at. */

import { ViewFlag, type ViewNode, type ViewRRset, type ZoneDelta, type ZoneView } from "#dnssec";
import { type Name, nameHash, parentName } from "#name";
import type { ZoneImage } from "./image.ts";
import { Header, NodeFlag, SpareWord } from "./layout.ts";
import type { Touched } from "./overlay-write.ts";
import { rrsetRdatas, rrsetSignatures } from "./unpack.ts";

export function imageView(image: ZoneImage): ZoneView {
  return new ImageView(image);
}

/** What an overlay touched, as the validator wants it. */
export function imageDelta(image: ZoneImage, touched: Touched): ZoneDelta {
  const enclosers = new Set<number>();
  const climb = (from: number) => {
    for (let node = from; node !== 0; node = image.nodeParent(node)) {
      if ((image.nodeFlags(node) & NodeFlag.Ent) !== 0) enclosers.add(image.nodeIndex(node));
    }
  };
  for (const node of touched.nodes) climb(image.nodeParent(node));
  for (const name of touched.goneNames) {
    let node = 0;
    for (let above = name; node === 0; node = image.findNode(nameHash(above), above, 0)) above = parentName(above);
    climb(node);
  }
  const hidden = touched.movedNames.filter((name) => isHidden(image, name));
  return {
    nodes: touched.nodes.map((node) => image.nodeIndex(node)),
    // A name that the zone no longer speaks for may have no NSEC3 either.
    goneNames: [...touched.goneNames, ...hidden],
    beforeGone: touched.goneNames.map((name) => image.nodeIndex(image.findPrevious(name, 0))),
    enclosers: [...enclosers],
    links: touched.nsec3s.map((entry) => image.nsec3Index(entry)),
    goneHashes: touched.goneHashes,
  };
}

function isHidden(image: ZoneImage, name: Name): boolean {
  return (image.nodeFlags(image.findNode(nameHash(name), name, 0)) & NodeFlag.Occluded) !== 0;
}

class ImageView implements ZoneView {
  readonly apex: Name;
  readonly nodeCount: number;
  readonly nsec3Params: ZoneView["nsec3Params"];
  readonly nsec3Count: number;
  readonly spareCount: number;
  private readonly image: ZoneImage;

  constructor(image: ZoneImage) {
    this.image = image;
    this.apex = image.nodeName(image.apexNode);
    this.nodeCount = image.nodeCount;
    this.nsec3Params = image.nsec3;
    this.nsec3Count = image.nsec3?.count ?? 0;
    this.spareCount = image.words[Header.SpareCount]!;
  }

  node(index: number): ViewNode {
    const { image } = this;
    const node = image.nodeAt(index);
    const refs: number[] = [];
    for (let i = 0; i < image.rrsetsAt(node); i++) refs.push(image.rrsetAt(node, i));
    const flags = image.nodeFlags(node);
    const view =
      (flags & NodeFlag.Cut ? ViewFlag.Cut : 0) |
      (flags & NodeFlag.Occluded ? ViewFlag.Occluded : 0) |
      (flags & NodeFlag.Ent ? ViewFlag.EmptyNonTerminal : 0);
    return this.viewOf(image.nodeName(node), view, refs);
  }

  nsec3(index: number): ViewNode {
    const entry = this.image.nsec3At(index);
    const at = this.image.nsec3Name(entry);
    const owner = this.image.octets.subarray(at, at + this.image.nsec3NameLength(entry));
    return this.viewOf(owner, 0, [this.image.nsec3RRset(entry)]);
  }

  findNsec3(hash: Uint8Array): number {
    return this.nsec3Count === 0 ? -1 : this.image.nsec3Index(this.image.findNsec3(hash));
  }

  nsec3Equals(index: number, hash: Uint8Array): boolean {
    return this.image.nsec3Equals(this.image.nsec3At(index), hash);
  }

  spare(index: number): ViewNode {
    const { words, octets } = this.image;
    const entry = words[Header.SpareList]! + SpareWord.Size * index;
    const at = words[entry + SpareWord.Name]!;
    return this.viewOf(octets.subarray(at, at + words[entry + SpareWord.NameLength]!), 0, [
      words[entry + SpareWord.RRset]!,
    ]);
  }

  private viewOf(owner: Name, flags: number, refs: readonly number[]): ViewNode {
    const rrsets: ViewRRset[] = [];
    const strays: number[] = [];
    for (const ref of refs) {
      const type = this.image.rrsetType(ref);
      if (this.image.rrsetCountOf(ref) === 0) {
        strays.push(type);
        continue;
      }
      rrsets.push({
        type,
        ttl: this.image.rrsetTtl(ref),
        rdatas: rrsetRdatas(this.image, ref),
        signatures: rrsetSignatures(this.image, ref),
      });
    }
    return { owner, flags, rrsets, strays };
  }
}

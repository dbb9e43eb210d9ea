/** A zone image as the validator sees it: node objects are made when asked for, so a slice costs what is in it. */
import type { Nsec3Params, ViewNode, ViewRRset, ZoneView } from "#dnssec";
import { ViewFlag } from "#dnssec";
import { Header, NodeFlag, rrsetRdatas, rrsetSignatures, type ZoneImage } from "#image";
import type { Name } from "#name";

/** Words of a spare NSEC3 entry: RRset ref, octet offset of its owner name, the name's length. */
const SPARE_WORDS = 3;

export class ImageView implements ZoneView {
  readonly apex: Name;
  readonly nodeCount: number;
  readonly nsec3Params: Nsec3Params | undefined;
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
    const image = this.image;
    const node = image.nodeAt(index);
    const rrsets: ViewRRset[] = [];
    const strays: number[] = [];
    for (let i = 0; i < image.rrsetsAt(node); i++) {
      const ref = image.rrsetAt(node, i);
      if (image.rrsetCountOf(ref) === 0) strays.push(image.rrsetType(ref));
      else rrsets.push(viewSet(image, ref));
    }
    return { owner: image.nodeName(node), flags: viewFlags(image.nodeFlags(node)), rrsets, strays };
  }

  nsec3(index: number): ViewNode {
    const at = this.image.nsec3Name(index);
    return this.nsec3Node(this.image.nsec3RRset(index), at, this.image.nsec3NameLength(index));
  }

  findNsec3(hash: Uint8Array): number {
    return this.nsec3Count === 0 ? -1 : this.image.findNsec3(hash);
  }

  nsec3Equals(index: number, hash: Uint8Array): boolean {
    return this.image.nsec3Equals(index, hash);
  }

  spare(index: number): ViewNode {
    const { words } = this.image;
    const entry = words[Header.SpareList]! + SPARE_WORDS * index;
    return this.nsec3Node(words[entry]!, words[entry + 1]!, words[entry + 2]!);
  }

  private nsec3Node(ref: number, nameAt: number, nameLength: number): ViewNode {
    const owner = this.image.octets.subarray(nameAt, nameAt + nameLength);
    return { owner, flags: 0, rrsets: [viewSet(this.image, ref)], strays: [] };
  }
}

function viewSet(image: ZoneImage, ref: number): ViewRRset {
  return {
    type: image.rrsetType(ref),
    ttl: image.rrsetTtl(ref),
    rdatas: rrsetRdatas(image, ref),
    signatures: image.rrsetSigCount(ref) === 0 ? [] : rrsetSignatures(image, ref),
  };
}

function viewFlags(flags: number): number {
  return (
    ((flags & NodeFlag.Cut) !== 0 ? ViewFlag.Cut : 0) |
    ((flags & NodeFlag.Occluded) !== 0 ? ViewFlag.Occluded : 0) |
    ((flags & NodeFlag.Ent) !== 0 ? ViewFlag.EmptyNonTerminal : 0)
  );
}

/**
 * The one checker of images: after it, readers trust every ref and every length. It looks at each word that a reader
 * follows; the order and the checksum too. Run once after compiling and once after loading from disk. With an overlay the walk
 * is over the version as readers see it: base and overlay merged.
 */
import { fail, ok, type Result } from "#bytes";
import { compareNamesAt, nameHash } from "#name";
import { imageChecksum } from "./checksum.ts";
import { hashAt, MAX_TARGETS } from "./follow.ts";
import { ZoneImage } from "./image.ts";
import {
  Header,
  IMAGE_MAGIC,
  IMAGE_VERSION,
  ImageFlag,
  MAX_PROBE,
  NodeFlag,
  NodeWord,
  Nsec3Word,
  OLDEST_IMAGE_VERSION,
  OVERLAY_FLAG,
  OverlayHeader,
  RR_HEAD,
  SetWord,
  SpareWord,
} from "./layout.ts";
import { checkSegments, type OverlayErrorCode } from "./overlay-verify.ts";
import { type ImageBuffer, wordsOf } from "./pack.ts";

export type ImageError = { readonly code: ImageErrorCode; readonly at: number; readonly text: string };

export type ImageErrorCode =
  | "not-an-image"
  | "other-version"
  | "cut-off"
  | "checksum"
  | "bad-section"
  | "bad-node"
  | "bad-rrset"
  | "bad-order"
  | "bad-index"
  | OverlayErrorCode;

/**
 * The reader, when every octet that it will follow is sound; else the first thing that is not, with its word index. `root`: of the
 * overlay segment that is wanted.
 */
export function verifyImage(buffer: ImageBuffer, root = 0): Result<ZoneImage, ImageError> {
  const wrong = checkHeader(buffer) ?? checkChecksum(buffer);
  if (wrong) return fail(wrong);
  if (root !== 0) {
    const segments = checkSegments(wordsOf(buffer), root) ?? new Checker(new ZoneImage(buffer)).links();
    if (segments) return { ok: false, error: segments };
  }
  const image = new ZoneImage(buffer, root);
  const checker = new Checker(image);
  const problem = checker.nodes(0, image.nodeCount) ?? checker.nsec3() ?? checker.spare() ?? checker.counts();
  return problem ? fail(problem) : ok(image);
}

/** Words of a node that hold refs, and those that hold NSEC3 indexes. Made once: an array for each node is garbage by the million. */
const LINKS = [NodeWord.Parent, NodeWord.WildcardChild, NodeWord.Cut, NodeWord.Nsec] as const;
const NSEC3_LINKS = [NodeWord.Nsec3Match, NodeWord.Nsec3Wildcard] as const;

/** What a share of the check counted: all shares together have to come to what the header says. */
export type ImageCounts = { readonly rrsets: number; readonly records: number };

/**
 * One of `shares` (two at least) of what `verifyImage` does with an image without overlays, so that several threads can do it
 * together: the first takes the checksum and the NSEC3s, the others the nodes. The image is sound when all shares are and
 * `joinShares` finds nothing.
 */
export function verifyImageShare(buffer: ImageBuffer, share: number, shares: number): Result<ImageCounts, ImageError> {
  const wrong = checkHeader(buffer);
  if (wrong) return fail(wrong);
  const image = new ZoneImage(buffer);
  const checker = new Checker(image);
  const size = Math.ceil(image.nodeCount / (shares - 1));
  const from = size * (share - 1);
  const problem =
    share === 0
      ? (checkChecksum(buffer) ?? checker.nsec3() ?? checker.spare())
      : checker.nodes(from, Math.min(from + size, image.nodeCount));
  return problem ? fail(problem) : ok(checker.counted);
}

export function joinImageShares(buffer: ImageBuffer, counts: readonly ImageCounts[]): ImageError | undefined {
  return new Checker(new ZoneImage(buffer)).counts({
    rrsets: counts.reduce((sum, { rrsets }) => sum + rrsets, 0),
    records: counts.reduce((sum, { records }) => sum + records, 0),
  });
}

function checkHeader(buffer: ImageBuffer): ImageError | undefined {
  if (buffer.byteLength < 4 * Header.Size || buffer.byteLength % 4 !== 0)
    return { code: "not-an-image", at: 0, text: "shorter than a header" };
  const words = wordsOf(buffer);
  if (words[Header.Magic] !== IMAGE_MAGIC)
    return { code: "not-an-image", at: 0, text: "the magic number is another one" };
  const version = words[Header.Version]!;
  if (version < OLDEST_IMAGE_VERSION || version > IMAGE_VERSION) {
    const text = `format version ${version}, this program reads ${OLDEST_IMAGE_VERSION} to ${IMAGE_VERSION}`;
    return { code: "other-version", at: Header.Version, text };
  }
  // Behind it there may be room for overlays.
  const length = words[Header.Words]!;
  if (length > words.length || length < Header.Size)
    return { code: "cut-off", at: Header.Words, text: `${words.length} words of ${length}` };
  return checkSections(words.subarray(0, length));
}

function checkChecksum(buffer: ImageBuffer): ImageError | undefined {
  const words = wordsOf(buffer);
  const sound = imageChecksum(words, words[Header.Words]!) === words[Header.Checksum];
  return sound ? undefined : { code: "checksum", at: Header.Checksum, text: "the checksum differs" };
}

/** A version that was just laid over a sound one: what its newest segment says of the nodes and entries that it names, nothing else. */
export function verifyOverlay(
  image: ZoneImage,
  nodes: readonly number[],
  nsec3s: readonly number[],
): ImageError | undefined {
  const segments = checkSegments(image.words, image.root, image.words[image.root + OverlayHeader.Previous]);
  return segments ?? new Checker(image).touched(nodes, nsec3s);
}

function checkSections(words: Uint32Array): ImageError | undefined {
  const inside = (start: number, size: number) => start >= Header.Size && start + size <= words.length;
  const problem = (at: number, text: string): ImageError => ({ code: "bad-section", at, text });
  const nodes = words[Header.NodeCount]!;
  const slots = words[Header.HashMask]! + 1;
  if (nodes < 1 || nodes > words.length) return problem(Header.NodeCount, "no node");
  if ((slots & (slots - 1)) !== 0 || slots <= nodes) return problem(Header.HashMask, "the hash table's size");
  if (!inside(words[Header.HashTable]!, 2 * slots)) return problem(Header.HashTable, "the hash table is outside");
  if (!inside(words[Header.Order]!, nodes)) return problem(Header.Order, "the order is outside");
  if (!inside(words[Header.OrderKeys]!, 2 * nodes)) return problem(Header.OrderKeys, "the order keys are outside");
  if (words[Header.CommonKey]! + words[Header.CommonKeyLength]! > 4 * words.length)
    return problem(Header.CommonKey, "the common key is outside");
  if (words[Header.CommonKeyLength]! > 512) return problem(Header.CommonKeyLength, "the common key is too long");
  if (words[Header.MaxProbe]! > MAX_PROBE) return problem(Header.MaxProbe, "the hash table needs too many probes");
  const nsec3 = words[Header.Nsec3Count]!;
  if (nsec3 > 0 && !inside(words[Header.Nsec3List]!, Nsec3Word.Size * nsec3))
    return problem(Header.Nsec3List, "the NSEC3 list is outside");
  if (((words[Header.Flags]! & ImageFlag.Nsec3) !== 0) !== nsec3 > 0)
    return problem(Header.Flags, "NSEC3 flag and list disagree");
  if (
    words[Header.Nsec3Salt]! + words[Header.Nsec3SaltLength]! > 4 * words.length ||
    words[Header.Nsec3SaltLength]! > 255
  ) {
    return problem(Header.Nsec3Salt, "the salt is outside");
  }
  const spare = words[Header.SpareCount]!;
  if (spare > 0 && !inside(words[Header.SpareList]!, SpareWord.Size * spare))
    return problem(Header.SpareList, "the spare list is outside");
  const [start, end] = [words[Header.NodesStart]!, words[Header.NodesEnd]!];
  if (start < Header.Size || end > words.length || start > end)
    return problem(Header.NodesStart, "the nodes are outside");
  const apex = words[Header.ApexNode]!;
  return apex < start || apex + NodeWord.Size > end ? problem(Header.ApexNode, "the apex is outside") : undefined;
}

class Checker {
  private readonly image: ZoneImage;
  private readonly words: Uint32Array;
  private readonly start: number;
  private readonly end: number;
  private rrsets = 0;
  private records = 0;

  constructor(image: ZoneImage) {
    this.image = image;
    this.words = image.words;
    this.start = this.words[Header.NodesStart]!;
    this.end = this.words[Header.NodesEnd]!;
  }

  /** Each node in canonical order: its shape, its refs, its RRsets; that the hash table finds it; that the order ascends. */
  nodes(from: number, to: number): ImageError | undefined {
    const { image } = this;
    const { octets } = image;
    let previousAt = -1;
    if (from > 0 && from < to) {
      const before = image.nodeAt(from - 1);
      const shape = this.nodeShape(before, from - 1);
      if (shape) return shape;
      previousAt = image.nodeNameAt(before);
    }
    for (let index = from; index < to; index++) {
      const node = image.nodeAt(index);
      const shape = this.nodeShape(node, index);
      if (shape) return shape;
      const nameAt = image.nodeNameAt(node);
      if (previousAt >= 0 && compareNamesAt(octets, previousAt, octets, nameAt) >= 0)
        return this.problem("bad-order", node, "names are not in canonical order");
      previousAt = nameAt;
      if (image.findNode(hashAt(octets, nameAt), octets, nameAt) !== node)
        return this.problem("bad-index", node, "the hash table does not find the name");
      const problem = this.nodeRefs(node) ?? this.nodeSets(node);
      if (problem) return problem;
    }
    return image.nodeAt(0) === image.apexNode
      ? undefined
      : this.problem("bad-order", image.apexNode, "the apex is not the first node");
  }

  /** Under an overlay: links of the base that are followed although their node may be gone. */
  links(): ImageError | undefined {
    const { image, words } = this;
    for (let index = 0; index < image.nodeCount; index++) {
      const node = image.nodeAt(index);
      if (!this.isInside(node, NodeWord.Size)) return this.problem("bad-node", node, "a node is outside");
      const covering = words[node + NodeWord.Nsec]!;
      if (covering !== 0 && !this.isNode(covering)) return this.problem("bad-node", node, "a ref leads to no node");
    }
    return undefined;
  }

  /** Nodes and NSEC3 entries that a change wrote. */
  touched(nodes: readonly number[], nsec3s: readonly number[]): ImageError | undefined {
    const { image } = this;
    for (const node of nodes) {
      const problem = this.nodeShape(node, image.nodeIndex(node));
      if (problem) return problem;
      const name = image.nodeName(node);
      if (image.findNode(nameHash(name), name, 0) !== node || image.nodeAt(image.nodeIndex(node)) !== node)
        return this.problem("bad-index", node, "the overlay does not find the name");
      const wrong = this.nodeRefs(node) ?? this.nodeSets(node);
      if (wrong) return wrong;
    }
    for (const entry of nsec3s) {
      const problem = this.nsec3Entry(entry);
      if (problem) return problem;
      if (image.nsec3At(image.nsec3Index(entry)) !== entry)
        return this.problem("bad-index", entry, "the overlay does not find the NSEC3");
    }
    return undefined;
  }

  nsec3(): ImageError | undefined {
    const { image } = this;
    const count = image.nsec3?.count ?? 0;
    let previous = 0;
    for (let index = 0; index < count; index++) {
      const entry = image.nsec3At(index);
      if (previous !== 0 && !this.hashAscends(previous, entry))
        return this.problem("bad-order", entry, "NSEC3 hashes do not ascend");
      previous = entry;
      const problem = this.nsec3Entry(entry);
      if (problem) return problem;
    }
    return undefined;
  }

  private nsec3Entry(entry: number): ImageError | undefined {
    const { words } = this;
    if (entry + Nsec3Word.Size > this.image.end) return this.problem("bad-rrset", entry, "an NSEC3 entry is outside");
    return this.namedSet(
      entry,
      words[entry + Nsec3Word.RRset]!,
      words[entry + Nsec3Word.Name]!,
      words[entry + Nsec3Word.NameLength]!,
    );
  }

  spare(): ImageError | undefined {
    const { words } = this;
    for (let index = 0; index < words[Header.SpareCount]!; index++) {
      const entry = words[Header.SpareList]! + SpareWord.Size * index;
      const problem = this.namedSet(
        entry,
        words[entry]!,
        words[entry + SpareWord.Name]!,
        words[entry + SpareWord.NameLength]!,
      );
      if (problem) return problem;
    }
    return undefined;
  }

  get counted(): ImageCounts {
    return { rrsets: this.rrsets, records: this.records };
  }

  counts({ rrsets, records } = this.counted): ImageError | undefined {
    if (rrsets !== this.image.rrsetCount)
      return this.problem("bad-section", Header.RRsetCount, `${rrsets} RRsets of ${this.image.rrsetCount}`);
    if (records !== this.image.recordCount)
      return this.problem("bad-section", Header.RecordCount, `${records} records of ${this.image.recordCount}`);
    return undefined;
  }

  private nodeShape(node: number, index: number): ImageError | undefined {
    if (!this.isInside(node, NodeWord.Size)) return this.problem("bad-node", node, "a node is outside");
    const sets = this.words[node + NodeWord.RRsetCount]!;
    const name = node + NodeWord.Size + SetWord.Size * sets;
    const length = this.image.nodeNameLength(node);
    if (sets > 0xffff || !this.isInside(node, name - node + Math.ceil(length / 4)))
      return this.problem("bad-node", node, "a node's RRsets or name are outside");
    if (this.image.nodeIndex(node) !== index) return this.problem("bad-node", node, "a node's index is not its place");
    if (!this.soundName(4 * name, length)) return this.problem("bad-node", node, "an owner name is malformed");
    return this.labelsAt(4 * name) === this.image.nodeLabels(node)
      ? undefined
      : this.problem("bad-node", node, "label count");
  }

  private nodeRefs(node: number): ImageError | undefined {
    const { words, image } = this;
    for (const word of LINKS) {
      const ref = words[node + word]!;
      if (ref !== 0 && !this.isNode(ref)) return this.problem("bad-node", node, "a ref leads to no node");
    }
    if (
      image.root !== 0 &&
      image.nodeFlags(node) & NodeFlag.Wildcard &&
      image.wildcardChild(image.nodeParent(node)) !== node
    )
      return this.problem("bad-node", node, "its parent does not know the wildcard");
    if ((node === image.apexNode) !== (image.nodeParent(node) === 0)) return this.problem("bad-node", node, "parent");
    for (const word of NSEC3_LINKS) {
      const entry = words[node + word]!;
      const isSound =
        entry >= OVERLAY_FLAG
          ? node >= image.baseWords && ((entry & ~OVERLAY_FLAG) >>> 0) + Nsec3Word.Size <= image.end
          : entry <= words[Header.Nsec3Count]!;
      if (!isSound) return this.problem("bad-node", node, "an NSEC3 index is outside");
    }
    return undefined;
  }

  private nodeSets(node: number): ImageError | undefined {
    let before = -1;
    for (let i = 0; i < this.image.rrsetsAt(node); i++) {
      const ref = this.image.rrsetAt(node, i);
      const type = this.image.rrsetType(ref);
      if (type <= before) return this.problem("bad-rrset", ref, "types do not ascend");
      before = type;
      const problem = this.set(ref);
      if (problem) return problem;
    }
    return undefined;
  }

  private namedSet(entry: number, ref: number, nameAt: number, nameLength: number): ImageError | undefined {
    if (!this.isInside(ref, SetWord.Size)) return this.problem("bad-rrset", entry, "an RRset is outside");
    if (nameAt + nameLength > 4 * this.image.end || !this.soundName(nameAt, nameLength))
      return this.problem("bad-rrset", entry, "an owner name is malformed");
    return this.set(ref);
  }

  private set(ref: number): ImageError | undefined {
    const { image } = this;
    const data = image.rrsetData(ref);
    const dataEnd = data + image.rrsetDataLength(ref);
    const end = dataEnd + image.rrsetSigLength(ref);
    if (data < 4 * this.start || end > 4 * image.end) return this.problem("bad-rrset", ref, "data is outside");
    if (image.rrsetSlot(ref) >= image.slotCount) return this.problem("bad-rrset", ref, "signature slot");
    const records = this.countRRs(data, dataEnd, image.rrsetType(ref));
    const signatures = this.countRRs(dataEnd, end, 46);
    if (records !== image.rrsetCountOf(ref) || signatures !== image.rrsetSigCount(ref))
      return this.problem("bad-rrset", ref, "RRs are malformed or miscounted");
    this.rrsets++;
    this.records += records + signatures;
    return this.additional(ref);
  }

  private additional(ref: number): ImageError | undefined {
    const at = this.words[ref + SetWord.Additional]!;
    if (at === 0) return undefined;
    const count = this.isInside(at, 1) ? this.words[at]! : -1;
    if (count < 0 || count > MAX_TARGETS || !this.isInside(at, 1 + count))
      return this.problem("bad-rrset", ref, "additional refs are outside");
    for (let i = 1; i <= count; i++)
      if (!this.isNode(this.words[at + i]!))
        return this.problem("bad-rrset", ref, "an additional ref leads to no node");
    return undefined;
  }

  /** Number of RRs of `type` between two octet offsets; -1 when they do not fill it exactly. */
  private countRRs(start: number, end: number, type: number): number {
    const o = this.image.octets;
    let count = 0;
    let at = start;
    while (at + RR_HEAD <= end) {
      if (o[at] !== 0xc0 || o[at + 1] !== 12 || ((o[at + 2]! << 8) | o[at + 3]!) !== type) return -1;
      at += RR_HEAD + ((o[at + 10]! << 8) | o[at + 11]!);
      count++;
    }
    return at === end ? count : -1;
  }

  /** A ref that is the node at the place its index names, or was one and is gone. */
  private isNode(ref: number): boolean {
    if (!this.isInside(ref, NodeWord.Size)) return false;
    const now = this.image.link(ref);
    if (now === 0) return true;
    if (!this.isInside(now, NodeWord.Size)) return false;
    const index = this.image.nodeIndex(now);
    return index < this.image.nodeCount && this.image.nodeAt(index) === now;
  }

  /** Among the base's nodes and RRs, or in an overlay segment up to this one's end. */
  private isInside(ref: number, words: number): boolean {
    const { image } = this;
    if (ref < image.baseWords) return ref >= this.start && ref + words <= this.end;
    return ref + words <= image.end;
  }

  private soundName(at: number, length: number): boolean {
    const o = this.image.octets;
    if (length < 1 || length > 255) return false;
    let p = 0;
    while (p < length && o[at + p]! !== 0 && o[at + p]! < 64) p += o[at + p]! + 1;
    return p === length - 1 && o[at + p] === 0;
  }

  private labelsAt(at: number): number {
    const o = this.image.octets;
    let count = 0;
    for (let p = at; o[p]! !== 0; p += o[p]! + 1) count++;
    return count;
  }

  private hashAscends(before: number, entry: number): boolean {
    for (let i = 0; i < 5; i++) {
      if (this.words[before + i] !== this.words[entry + i]) return this.words[before + i]! < this.words[entry + i]!;
    }
    return false;
  }

  private problem(code: ImageErrorCode, at: number, text: string): ImageError {
    return { code, at, text };
  }
}

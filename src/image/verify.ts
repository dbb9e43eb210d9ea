/**
 * The one checker of images: after it, readers trust every ref and every length. It looks at each word that a reader
 * follows; the order and the checksum too. Run once after compiling and once after loading from disk.
 */
import { fail, ok, type Result } from "#bytes";
import { compareNames, labelCount, nameHash } from "#name";
import { imageChecksum } from "./checksum.ts";
import { ZoneImage } from "./image.ts";
import {
  Header,
  IMAGE_MAGIC,
  IMAGE_VERSION,
  ImageFlag,
  MAX_PROBE,
  NodeWord,
  Nsec3Word,
  RR_HEAD,
  SetWord,
  SpareWord,
} from "./layout.ts";

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
  | "bad-index";

/** The reader, when every octet that it will follow is sound; else the first thing that is not, with its word index. */
export function verifyImage(buffer: SharedArrayBuffer): Result<ZoneImage, ImageError> {
  if (buffer.byteLength < 4 * Header.Size || buffer.byteLength % 4 !== 0)
    return bad("not-an-image", 0, "shorter than a header");
  const words = new Uint32Array(buffer);
  if (words[Header.Magic] !== IMAGE_MAGIC) return bad("not-an-image", 0, "the magic number is another one");
  if (words[Header.Version] !== IMAGE_VERSION) {
    return bad(
      "other-version",
      Header.Version,
      `format version ${words[Header.Version]}, this program reads ${IMAGE_VERSION}`,
    );
  }
  if (words[Header.Words] !== words.length)
    return bad("cut-off", Header.Words, `${words.length} words of ${words[Header.Words]}`);
  if (imageChecksum(words, words.length) !== words[Header.Checksum])
    return bad("checksum", Header.Checksum, "the checksum differs");
  const sections = checkSections(words);
  if (sections) return { ok: false, error: sections };
  const image = new ZoneImage(buffer);
  const checker = new Checker(image);
  const problem = checker.nodes() ?? checker.nsec3() ?? checker.spare() ?? checker.counts();
  return problem ? fail(problem) : ok(image);
}

function bad(code: ImageErrorCode, at: number, text: string): { readonly ok: false; readonly error: ImageError } {
  return fail({ code, at, text });
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
  nodes(): ImageError | undefined {
    const { image } = this;
    let previous: Uint8Array | undefined;
    for (let index = 0; index < image.nodeCount; index++) {
      const node = image.nodeAt(index);
      const shape = this.nodeShape(node, index);
      if (shape) return shape;
      const name = image.nodeName(node);
      if (previous && compareNames(previous, name) >= 0)
        return this.problem("bad-order", node, "names are not in canonical order");
      previous = name;
      if (image.findNode(nameHash(name), name, 0) !== node)
        return this.problem("bad-index", node, "the hash table does not find the name");
      const problem = this.nodeRefs(node) ?? this.nodeSets(node);
      if (problem) return problem;
    }
    return image.nodeAt(0) === image.apexNode
      ? undefined
      : this.problem("bad-order", image.apexNode, "the apex is not the first node");
  }

  nsec3(): ImageError | undefined {
    const { image, words } = this;
    const count = image.nsec3?.count ?? 0;
    const list = words[Header.Nsec3List]!;
    for (let index = 0; index < count; index++) {
      const entry = list + Nsec3Word.Size * index;
      if (index > 0 && !this.hashAscends(entry - Nsec3Word.Size, entry))
        return this.problem("bad-order", entry, "NSEC3 hashes do not ascend");
      const problem = this.namedSet(
        entry,
        words[entry + Nsec3Word.RRset]!,
        words[entry + Nsec3Word.Name]!,
        words[entry + Nsec3Word.NameLength]!,
      );
      if (problem) return problem;
    }
    return undefined;
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

  counts(): ImageError | undefined {
    if (this.rrsets !== this.image.rrsetCount)
      return this.problem("bad-section", Header.RRsetCount, `${this.rrsets} RRsets of ${this.image.rrsetCount}`);
    if (this.records !== this.image.recordCount)
      return this.problem("bad-section", Header.RecordCount, `${this.records} records of ${this.image.recordCount}`);
    return undefined;
  }

  private nodeShape(node: number, index: number): ImageError | undefined {
    if (node < this.start || node + NodeWord.Size > this.end)
      return this.problem("bad-node", node, "a node is outside");
    const sets = this.words[node + NodeWord.RRsetCount]!;
    const name = node + NodeWord.Size + SetWord.Size * sets;
    const length = this.image.nodeNameLength(node);
    if (sets > 0xffff || name + Math.ceil(length / 4) > this.end)
      return this.problem("bad-node", node, "a node's RRsets or name are outside");
    if (this.words[node + NodeWord.Index] !== index)
      return this.problem("bad-node", node, "a node's index is not its place");
    if (!this.soundName(4 * name, length)) return this.problem("bad-node", node, "an owner name is malformed");
    return labelCount(this.image.nodeName(node)) === this.image.nodeLabels(node)
      ? undefined
      : this.problem("bad-node", node, "label count");
  }

  private nodeRefs(node: number): ImageError | undefined {
    const { words, image } = this;
    for (const word of [NodeWord.Parent, NodeWord.WildcardChild, NodeWord.Cut, NodeWord.Nsec]) {
      const ref = words[node + word]!;
      if (ref !== 0 && !this.isNode(ref)) return this.problem("bad-node", node, "a ref leads to no node");
    }
    if ((node === image.apexNode) !== (image.nodeParent(node) === 0)) return this.problem("bad-node", node, "parent");
    for (const word of [NodeWord.Nsec3Match, NodeWord.Nsec3Wildcard]) {
      if (words[node + word]! > words[Header.Nsec3Count]!)
        return this.problem("bad-node", node, "an NSEC3 index is outside");
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
    if (ref < this.start || ref + SetWord.Size > this.end)
      return this.problem("bad-rrset", entry, "an RRset is outside");
    if (nameAt + nameLength > 4 * this.end || !this.soundName(nameAt, nameLength))
      return this.problem("bad-rrset", entry, "an owner name is malformed");
    return this.set(ref);
  }

  private set(ref: number): ImageError | undefined {
    const { image } = this;
    const data = image.rrsetData(ref);
    const dataEnd = data + image.rrsetDataLength(ref);
    const end = dataEnd + image.rrsetSigLength(ref);
    if (data < 4 * this.start || end > 4 * this.end) return this.problem("bad-rrset", ref, "data is outside");
    if (image.rrsetSlot(ref) >= image.rrsetCount) return this.problem("bad-rrset", ref, "signature slot");
    const records = this.countRRs(data, dataEnd, image.rrsetType(ref));
    const signatures = this.countRRs(dataEnd, end, 46);
    if (records !== image.rrsetCountOf(ref) || signatures !== image.rrsetSigCount(ref))
      return this.problem("bad-rrset", ref, "RRs are malformed or miscounted");
    this.rrsets++;
    this.records += records + signatures;
    return this.additional(ref);
  }

  private additional(ref: number): ImageError | undefined {
    const at = this.image.additionalOf(ref);
    if (at === 0) return undefined;
    const count = at < this.end && at >= this.start ? this.words[at]! : -1;
    if (count < 0 || at + 1 + count > this.end) return this.problem("bad-rrset", ref, "additional refs are outside");
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

  /** A ref that is the node at the place its index names. */
  private isNode(ref: number): boolean {
    if (ref < this.start || ref + NodeWord.Size > this.end) return false;
    const index = this.words[ref + NodeWord.Index]!;
    return index < this.image.nodeCount && this.image.nodeAt(index) === ref;
  }

  private soundName(at: number, length: number): boolean {
    const o = this.image.octets;
    if (length < 1 || length > 255) return false;
    let p = 0;
    while (p < length && o[at + p]! !== 0 && o[at + p]! < 64) p += o[at + p]! + 1;
    return p === length - 1 && o[at + p] === 0;
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

/**
 * The reader of a zone image. It trusts the octets: `verifyImage` has walked them once. No object is made for a lookup;
 * nodes, RRsets and NSEC3 entries are word indexes ("refs", 0 = none).
 *
 * A version is the base, or the base with one overlay segment over it (`root`): what the overlay knows goes first, links are
 * followed to what stands there now. Without an overlay each of these costs one branch.
 */
import { MAX_NSEC3_ITERATIONS, nsec3Hash } from "#dnssec";
import { CASE_FOLD, compareNamesAt } from "#name";
import { RRType } from "#rdata";
import { followedAt, hashAt, MAX_TARGETS } from "./follow.ts";
import {
  EditKind,
  Header,
  ImageFlag,
  MAX_PROBE,
  NodeFlag,
  NodeWord,
  Nsec3Word,
  OVERLAY_FLAG,
  OverlayHeader,
  RR_HEAD,
  SetWord,
  SPARE_SLOTS,
} from "./layout.ts";
import { keyWord, MAX_ORDER_KEY, writeOrderKey } from "./order-key.ts";
import { compareHashesAt, type EditList, GONE, type ListPlace, OverlayIndex } from "./overlay-index.ts";
import { type ImageBuffer, octetsOf, wordsOf } from "./pack.ts";

export class ZoneImage {
  /** Where it stands; another reader of the same octets is opened by it. */
  readonly buffer: ImageBuffer;
  readonly words: Uint32Array;
  readonly octets: Uint8Array;
  readonly apexNode: number;
  readonly serial: number;
  readonly flags: number;
  readonly nodeCount: number;
  /** Root of the overlay segment, 0 without one. */
  readonly root: number;
  /** First word behind what this version uses: there the next overlay goes. */
  readonly end: number;
  /** Words of the base. */
  readonly baseWords: number;
  /** Nodes and NSEC3 entries that differ from the base. */
  readonly overlayEntries: number;
  /** Signature slots that RRsets of this version may have, and how many a table needs for it and its overlays. */
  readonly slotCount: number;
  readonly slotCapacity: number;
  readonly rrsetCount: number;
  readonly recordCount: number;
  /** Negative TTL: the smaller of the SOA's TTL and its MINIMUM (RFC 2308 section 5, RFC 9077). */
  readonly negativeTtl: number;
  readonly maxTtl: number;
  readonly nsec3:
    | { readonly algorithm: 1; readonly iterations: number; readonly salt: Uint8Array; readonly count: number }
    | undefined;
  private readonly overlay: OverlayIndex | undefined;
  private readonly table: number;
  private readonly mask: number;
  private readonly order: number;
  private readonly orderKeys: number;
  private readonly baseNodes: number;
  private readonly commonKey: number;
  private readonly commonKeyLength: number;
  private readonly apexLabels: number;
  private readonly nsec3List: number;
  private readonly baseNsec3: number;
  /** Made with the first search for a predecessor: of many zones most never need it. */
  private keyOctets: Uint8Array | undefined = undefined;
  private readonly place: ListPlace = { edit: -1, place: -1 };

  constructor(buffer: ImageBuffer, root = 0) {
    const words = wordsOf(buffer);
    const pick = (base: number, overlay: number) => words[root === 0 ? base : root + overlay]!;
    this.buffer = buffer;
    this.words = words;
    this.octets = octetsOf(buffer);
    this.root = root;
    this.overlay = root === 0 ? undefined : new OverlayIndex(words, this.octets, root);
    this.overlayEntries = this.overlay ? this.overlay.nodes.count + this.overlay.nsec3.count : 0;
    this.baseWords = words[Header.Words]!;
    this.end = pick(Header.Words, OverlayHeader.End);
    this.apexNode = pick(Header.ApexNode, OverlayHeader.ApexNode);
    this.serial = pick(Header.Serial, OverlayHeader.Serial);
    this.flags = pick(Header.Flags, OverlayHeader.Flags);
    this.nodeCount = pick(Header.NodeCount, OverlayHeader.NodeCount);
    this.rrsetCount = pick(Header.RRsetCount, OverlayHeader.RRsetCount);
    this.recordCount = pick(Header.RecordCount, OverlayHeader.RecordCount);
    this.slotCount = pick(Header.RRsetCount, OverlayHeader.SlotCount);
    this.slotCapacity = words[Header.RRsetCount]! + (words.length > this.baseWords ? SPARE_SLOTS : 0);
    this.negativeTtl = Math.min(
      pick(Header.SoaTtl, OverlayHeader.SoaTtl),
      pick(Header.SoaMinimum, OverlayHeader.SoaMinimum),
    );
    this.maxTtl = pick(Header.MaxTtl, OverlayHeader.MaxTtl);
    this.table = words[Header.HashTable]!;
    this.mask = words[Header.HashMask]!;
    this.order = words[Header.Order]!;
    this.orderKeys = words[Header.OrderKeys]!;
    this.baseNodes = words[Header.NodeCount]!;
    this.commonKey = words[Header.CommonKey]!;
    this.commonKeyLength = words[Header.CommonKeyLength]!;
    this.nsec3List = words[Header.Nsec3List]!;
    this.baseNsec3 = words[Header.Nsec3Count]!;
    this.apexLabels = (words[this.apexNode + NodeWord.Shape]! >>> 16) & 0xff;
    const salt = words[Header.Nsec3Salt]!;
    this.nsec3 =
      (this.flags & ImageFlag.Nsec3) === 0
        ? undefined
        : {
            algorithm: 1,
            iterations: words[Header.Nsec3Iterations]!,
            salt: this.octets.slice(salt, salt + words[Header.Nsec3SaltLength]!),
            count: pick(Header.Nsec3Count, OverlayHeader.Nsec3Count),
          };
  }

  /** The node with exactly this name (empty non-terminals, glue and hidden names too), or 0. `hash` is `nameHash` of it. */
  findNode(hash: number, name: Uint8Array, at: number): number {
    if (this.overlay !== undefined) {
      const found = this.overlay.find(hash, name, at);
      if (found !== 0) return found === GONE ? 0 : found;
    }
    return this.findBaseNode(hash, name, at);
  }

  /** The base's node of this name, whatever has become of it. */
  findBaseNode(hash: number, name: Uint8Array, at: number): number {
    const words = this.words;
    const wanted = hash >>> 0;
    let slot = hash & this.mask;
    for (let probe = 0; probe <= MAX_PROBE; probe++) {
      const entry = this.table + 2 * slot;
      const node = words[entry + 1]!;
      if (node === 0) return 0;
      if (words[entry] === wanted && this.hasName(node, name, at)) return node;
      slot = (slot + 1) & this.mask;
    }
    return 0;
  }

  /** The node that is canonically the last of those not after this name, which must be at or below the apex. */
  findPrevious(name: Uint8Array, at: number): number {
    const place = this.basePlace(name, at);
    if (this.overlay === undefined) return this.words[this.order + place]!;
    const { nodes } = this.overlay;
    const length = writeOrderKey(name, at, this.apexLabels, this.key);
    // Of those that came in right behind the base's node: the first that is after the name.
    const first = nodes.firstAt(place + 1);
    let low = first;
    let high = nodes.firstAt(place + 2);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (nodes.kind(middle) !== EditKind.Added || this.compareWithKey(nodes.ref(middle), length) > 0) high = middle;
      else low = middle + 1;
    }
    nodes.lastBefore(low, first, place, this.place);
    return this.placed(nodes, this.order, 1, true);
  }

  /** Index in the base's canonical order of its last node that is not after this name, whatever has become of it. */
  basePlace(name: Uint8Array, at: number): number {
    const { key, words } = this;
    const length = writeOrderKey(name, at, this.apexLabels, key);
    if (length === 0) return 0;
    const common = this.compareCommon(length);
    if (common < 0) return 0;
    if (common > 0) return this.baseNodes - 1;
    const high = keyWord(key, length, this.commonKeyLength);
    const low = keyWord(key, length, this.commonKeyLength + 4);
    // Invariant: node `first` is not after the name, node `last` is (or is one past the end).
    let first = 0;
    let last = this.baseNodes;
    while (last - first > 1) {
      const middle = (first + last) >>> 1;
      const entry = this.orderKeys + 2 * middle;
      const keyHigh = words[entry]!;
      let after: boolean;
      if (keyHigh !== high) after = keyHigh > high;
      else if (words[entry + 1]! !== low) after = words[entry + 1]! > low;
      else after = this.compareWithKey(words[this.order + middle]!, length) > 0;
      if (after) last = middle;
      else first = middle;
    }
    return first;
  }

  /** Flags of `NodeFlag`. */
  nodeFlags(node: number): number {
    return this.words[node + NodeWord.Shape]! & 0xffff;
  }

  /** Octet offset of the owner name, uncompressed, case kept. */
  nodeNameAt(node: number): number {
    return 4 * (node + NodeWord.Size + SetWord.Size * this.words[node + NodeWord.RRsetCount]!);
  }

  nodeNameLength(node: number): number {
    return this.words[node + NodeWord.Shape]! >>> 24;
  }

  /** The owner name as a view into the image. */
  nodeName(node: number): Uint8Array {
    const at = this.nodeNameAt(node);
    return this.octets.subarray(at, at + this.nodeNameLength(node));
  }

  /** Labels without the root; `*` counts. */
  nodeLabels(node: number): number {
    return (this.words[node + NodeWord.Shape]! >>> 16) & 0xff;
  }

  /** Position in canonical order, from 0 (the apex). */
  nodeIndex(node: number): number {
    const index = this.words[node + NodeWord.Index]!;
    if (this.overlay === undefined) return index;
    const { nodes } = this.overlay;
    if (node < this.baseWords) return nodes.mergedBase(index);
    return nodes.mergedEdit(this.editOf((index & ~OVERLAY_FLAG) >>> 0, node));
  }

  /** The node at a canonical position from 0 to nodeCount - 1. */
  nodeAt(index: number): number {
    if (this.overlay === undefined) return this.words[this.order + index]!;
    this.overlay.nodes.seek(index, this.place);
    return this.placed(this.overlay.nodes, this.order, 1, true);
  }

  /** 0 for the apex. */
  nodeParent(node: number): number {
    return this.link(this.words[node + NodeWord.Parent]!);
  }

  /** The node `*.` + this name, or 0. */
  wildcardChild(node: number): number {
    return this.link(this.words[node + NodeWord.WildcardChild]!);
  }

  /** For hidden nodes (`NodeFlag.Occluded`) the cut or DNAME above; else 0. */
  cutOf(node: number): number {
    return this.link(this.words[node + NodeWord.Cut]!);
  }

  /** The node itself when it has an NSEC, else the canonically closest earlier one that has: it covers this name. 0 without NSEC. */
  nsecNode(node: number): number {
    if (this.overlay === undefined) return this.words[node + NodeWord.Nsec]!;
    return this.hasOwnNsec(node) ? node : this.nsecBefore(this.overlay.nodes, node);
  }

  /** The NSEC3 entry that matches this name, or -1. */
  nsec3Match(node: number): number {
    const match = this.words[node + NodeWord.Nsec3Match]!;
    if (this.overlay === undefined) return match === 0 ? -1 : this.nsec3List + Nsec3Word.Size * (match - 1);
    const entry = this.link(this.nsec3EntryOf(match));
    if (entry !== 0) return entry;
    // One may have come for a name that did not change itself: under opt-out, or where the chain was incomplete.
    if (!this.overlay.nsec3Moved || this.nsec3 === undefined || this.nodeFlags(node) & NodeFlag.Occluded) return -1;
    if (this.nsec3.iterations > MAX_NSEC3_ITERATIONS) return -1;
    nsec3Hash(this.nodeName(node), this.nsec3.salt, this.nsec3.iterations, nodeHash);
    const found = this.findNsec3(nodeHash);
    return this.nsec3Equals(found, nodeHash) ? found : -1;
  }

  /** The NSEC3 entry that matches or covers `*.` + this name; -1 when not made beforehand (nodes without children). */
  nsec3WildcardCover(node: number): number {
    const cover = this.words[node + NodeWord.Nsec3Wildcard]!;
    if (cover === 0 || this.overlay?.nsec3Moved) return -1;
    return this.link(this.nsec3EntryOf(cover));
  }

  rrsetsAt(node: number): number {
    return this.words[node + NodeWord.RRsetCount]!;
  }

  /** RRsets ascend by type. One without RRs (`rrsetCount` 0) holds RRSIGs whose RRset did not come. */
  rrsetAt(node: number, index: number): number {
    return node + NodeWord.Size + SetWord.Size * index;
  }

  /** The RRset of this type at the node, or 0. */
  findRRset(node: number, type: number): number {
    const words = this.words;
    let ref = node + NodeWord.Size;
    for (let left = words[node + NodeWord.RRsetCount]!; left > 0; left--, ref += SetWord.Size) {
      const typeCount = words[ref]!;
      if ((typeCount & 0xffff) === type) return typeCount > 0xffff ? ref : 0;
    }
    return 0;
  }

  rrsetType(ref: number): number {
    return this.words[ref + SetWord.TypeCount]! & 0xffff;
  }

  /** Number of RRs, without RRSIGs. */
  rrsetCountOf(ref: number): number {
    return this.words[ref + SetWord.TypeCount]! >>> 16;
  }

  rrsetTtl(ref: number): number {
    return this.words[ref + SetWord.Ttl]!;
  }

  /** Octet offset of the first RR (`C0 0C | type | class | ttl | rdlength | rdata`); RRs in canonical RDATA order. */
  rrsetData(ref: number): number {
    return this.words[ref + SetWord.Data]!;
  }

  rrsetDataLength(ref: number): number {
    return this.words[ref + SetWord.DataLength]!;
  }

  /** Number of RRSIG RRs right behind the data. */
  rrsetSigCount(ref: number): number {
    return this.words[ref + SetWord.Signatures]! >>> 24;
  }

  /** Octets of the RRSIG RRs. */
  rrsetSigLength(ref: number): number {
    return this.words[ref + SetWord.Signatures]! & 0xff_ffff;
  }

  rrsetSlot(ref: number): number {
    return this.words[ref + SetWord.Slot]!;
  }

  /**
   * Nodes whose addresses go with this RRset into the additional section, into `out` (room for 64); gives their number.
   */
  additionalNodes(ref: number, out: Uint32Array): number {
    const { words, overlay } = this;
    if (overlay?.addressed) return this.followTargets(ref, out);
    const list = words[ref + SetWord.Additional]!;
    if (list === 0) return 0;
    const listed = words[list]!;
    let count = 0;
    for (let i = 1; i <= listed; i++) {
      const node = this.link(words[list + i]!);
      if (node !== 0 && (overlay === undefined || this.hasAddress(node))) out[count++] = node;
    }
    return count;
  }

  /** The NSEC3 entry whose hash is the greatest not above this one; the last one (it wraps around) below the first. */
  findNsec3(hash: Uint8Array): number {
    const place = this.baseNsec3Place(hash);
    if (this.overlay === undefined) {
      return this.nsec3List + Nsec3Word.Size * (place < 0 ? this.baseNsec3 - 1 : place);
    }
    const list = this.overlay.nsec3;
    const wanted = keyWord(hash, 20, 0);
    const first = list.firstAt(place + 1);
    let low = first;
    let high = list.firstAt(place + 2);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (list.kind(middle) !== EditKind.Added || this.nsec3After(list.ref(middle), wanted, hash)) high = middle;
      else low = middle + 1;
    }
    list.lastBefore(low, first, place, this.place);
    if (this.place.edit < 0 && this.place.place < 0) return this.nsec3At(this.nsec3!.count - 1);
    return this.placed(list, this.nsec3List, Nsec3Word.Size, false);
  }

  /** Index in the base's list of its last NSEC3 that is not after this hash, whatever has become of it; -1 before the first. */
  baseNsec3Place(hash: Uint8Array): number {
    const wanted = keyWord(hash, 20, 0);
    let first = 0;
    let last = this.baseNsec3;
    if (last === 0) return -1;
    // Hashes are uniform: the place is within a few entries of wanted / 2^32.
    let guess = Math.floor((wanted / 0x1_0000_0000) * last);
    let step = 4;
    if (this.baseNsec3After(guess, wanted, hash)) {
      last = guess;
      while (guess - step > 0 && this.baseNsec3After(guess - step, wanted, hash)) {
        last = guess - step;
        step *= 2;
      }
      first = Math.max(0, guess - step);
      if (this.baseNsec3After(first, wanted, hash)) return -1;
    } else {
      first = guess;
      while (guess + step < last && !this.baseNsec3After(guess + step, wanted, hash)) {
        first = guess + step;
        step *= 2;
      }
      last = Math.min(last, guess + step);
    }
    while (last - first > 1) {
      guess = (first + last) >>> 1;
      if (this.baseNsec3After(guess, wanted, hash)) last = guess;
      else first = guess;
    }
    return first;
  }

  /** The NSEC3 entry at a position of the chain in the order of hashes, from 0. */
  nsec3At(index: number): number {
    if (this.overlay === undefined) return this.nsec3List + Nsec3Word.Size * index;
    this.overlay.nsec3.seek(index, this.place);
    return this.placed(this.overlay.nsec3, this.nsec3List, Nsec3Word.Size, false);
  }

  /** Position of an NSEC3 entry in the chain. */
  nsec3Index(entry: number): number {
    if (entry < this.baseWords) {
      const place = (entry - this.nsec3List) / Nsec3Word.Size;
      return this.overlay === undefined ? place : this.overlay.nsec3.mergedBase(place);
    }
    const list = this.overlay!.nsec3;
    const { words } = this;
    return list.mergedEdit(list.ofRef(words[entry + Nsec3Word.Size]!, entry, (a, b) => compareHashesAt(words, a, b)));
  }

  nsec3Equals(entry: number, hash: Uint8Array): boolean {
    for (let i = 0; i < 5; i++) if (this.words[entry + i] !== keyWord(hash, 20, 4 * i)) return false;
    return true;
  }

  nsec3RRset(entry: number): number {
    return this.words[entry + Nsec3Word.RRset]!;
  }

  /** Octet offset of the owner name. */
  nsec3Name(entry: number): number {
    return this.words[entry + Nsec3Word.Name]!;
  }

  nsec3NameLength(entry: number): number {
    return this.words[entry + Nsec3Word.NameLength]!;
  }

  /** The overlay over the base, for whoever writes the next one or checks this one. */
  get overlayIndex(): OverlayIndex | undefined {
    return this.overlay;
  }

  /** A ref as it stands in a node or a list: what stands there now, 0 when that is gone. */
  link(ref: number): number {
    return this.overlay === undefined || ref === 0 ? ref : this.overlay.forward(ref);
  }

  /** The NSEC3 entry that a word of a node means; 0 none. */
  private nsec3EntryOf(word: number): number {
    if (word === 0) return 0;
    return word >= OVERLAY_FLAG ? (word & ~OVERLAY_FLAG) >>> 0 : this.nsec3List + Nsec3Word.Size * (word - 1);
  }

  /** What `this.place` names: an edit's entry, or the base's. */
  private placed(list: EditList, base: number, size: number, isRef: boolean): number {
    const { edit, place } = this.place;
    if (edit >= 0) return list.ref(edit);
    return isRef ? this.words[base + place]! : base + size * place;
  }

  /** The edit that put this node in, at a place of the base. */
  private editOf(place: number, node: number): number {
    const { octets } = this;
    const compare = (a: number, b: number) => compareNamesAt(octets, this.nodeNameAt(a), octets, this.nodeNameAt(b));
    return this.overlay!.nodes.ofRef(place, node, compare);
  }

  private hasOwnNsec(node: number): boolean {
    return (this.words[node + NodeWord.Shape]! & (NodeFlag.HasNsec | NodeFlag.Occluded)) === NodeFlag.HasNsec;
  }

  /**
   * For a node without NSEC. In the base, `NodeWord.Nsec` leads to the last before that had one (`covering`); between that
   * and here the overlay may have brought others, and it may have taken that one away.
   */
  private nsecBefore(nodes: EditList, node: number): number {
    const { words } = this;
    const index = words[node + NodeWord.Index]!;
    const place = (index & ~OVERLAY_FLAG) >>> 0;
    let edit = node < this.baseWords ? nodes.firstAt(place + 1) : this.editOf(place, node) + 1;
    let covering = words[node + NodeWord.Nsec]!;
    for (;;) {
      const at = covering === 0 ? -1 : words[covering + NodeWord.Index]!;
      while (edit > 0 && nodes.place(edit - 1) > at) {
        edit--;
        if (nodes.kind(edit) !== EditKind.Gone && this.hasOwnNsec(nodes.ref(edit))) return nodes.ref(edit);
      }
      if (covering === 0) return 0;
      if (edit === 0 || nodes.place(edit - 1) !== at || nodes.kind(edit - 1) === EditKind.Added) return covering;
      edit--;
      if (nodes.kind(edit) === EditKind.Replaced && this.hasOwnNsec(nodes.ref(edit))) return nodes.ref(edit);
      // It is gone, or has none any more. What came in before it at this place has its turn in the next round.
      covering = at === 0 ? 0 : words[words[this.order + at - 1]! + NodeWord.Nsec]!;
    }
  }

  private hasAddress(node: number): boolean {
    return this.findRRset(node, RRType.A) !== 0 || this.findRRset(node, RRType.AAAA) !== 0;
  }

  /** As the compiler does it, but now: some address may have come since the lists were made. */
  private followTargets(ref: number, out: Uint32Array): number {
    const { words, octets } = this;
    const type = this.rrsetType(ref);
    const nameAt = followedAt(type);
    if (nameAt < 0) return 0;
    let count = 0;
    let at = words[ref + SetWord.Data]!;
    const end = at + words[ref + SetWord.DataLength]!;
    while (at < end && count < MAX_TARGETS) {
      const name = at + RR_HEAD + nameAt;
      at += RR_HEAD + ((octets[at + 10]! << 8) | octets[at + 11]!);
      if (octets[name] === 0) continue;
      const node = this.findNode(hashAt(octets, name), octets, name);
      if (node === 0 || !this.hasAddress(node)) continue;
      let seen = 0;
      while (seen < count && out[seen] !== node) seen++;
      if (seen === count) out[count++] = node;
    }
    return count;
  }

  private hasName(node: number, name: Uint8Array, at: number): boolean {
    const octets = this.octets;
    const start = this.nodeNameAt(node);
    const length = this.nodeNameLength(node);
    for (let i = 0; i < length; i++) {
      const a = octets[start + i]!;
      const b = name[at + i]!;
      if (a !== b && CASE_FOLD[a] !== CASE_FOLD[b]) return false;
    }
    return true;
  }

  private get key(): Uint8Array {
    this.keyOctets ??= new Uint8Array(MAX_ORDER_KEY);
    return this.keyOctets;
  }

  /** -1, 0, 1: the key just written against the octets that all names below the apex share. */
  private compareCommon(length: number): number {
    for (let i = 0; i < this.commonKeyLength; i++) {
      const difference = (i < length ? this.key[i]! : -1) - this.octets[this.commonKey + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** The whole key of a node against the key just written. */
  private compareWithKey(node: number, length: number): number {
    const other = nodeKey;
    const otherLength = writeOrderKey(this.octets, this.nodeNameAt(node), this.apexLabels, other);
    const shorter = Math.min(length, otherLength);
    for (let i = 0; i < shorter; i++) if (other[i] !== this.key[i]) return other[i]! - this.key[i]!;
    return otherLength - length;
  }

  private baseNsec3After(place: number, wanted: number, hash: Uint8Array): boolean {
    return this.nsec3After(this.nsec3List + Nsec3Word.Size * place, wanted, hash);
  }

  private nsec3After(entry: number, wanted: number, hash: Uint8Array): boolean {
    const first = this.words[entry]!;
    if (first !== wanted) return first > wanted;
    for (let i = 1; i < 5; i++) {
      const word = this.words[entry + i]!;
      const other = keyWord(hash, 20, 4 * i);
      if (word !== other) return word > other;
    }
    return false;
  }
}

const nodeKey = new Uint8Array(MAX_ORDER_KEY);
const nodeHash = new Uint8Array(20);

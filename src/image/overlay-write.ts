/**
 * Last third of the overlay writer: the octets of one segment behind what the version before uses.
 *
 * ```
 *  base │ segment 1 │ segment 2 …            each: header │ RRs, nodes, NSEC3 entries │ edits, hash table, forwards
 * ```
 * Blobs are written once and pointed to from then on; lists and tables are written whole for each version, so that a reader
 * looks at one overlay and the base. Nothing before the segment is touched: readers of older versions see no change.
 */
import { fail, ok, type Result, toHex, wordsView } from "#bytes";
import { MAX_NSEC3_ITERATIONS, nsec3Hash } from "#dnssec";
import { compareNames, nameHash, nameKey } from "#name";
import { RRType, rdataTarget, readNsec3, readSoa } from "#rdata";
import { overlayChecksum } from "./checksum.ts";
import { followedAt, MAX_TARGETS } from "./follow.ts";
import { ZoneImage } from "./image.ts";
import {
  EditWord,
  Header,
  ImageFlag,
  NodeFlag,
  NodeWord,
  Nsec3Word,
  OVERLAY_FLAG,
  OVERLAY_MAGIC,
  OVERLAY_VERSION,
  OverlayHeader,
  RR_HEAD,
  SetWord,
} from "./layout.ts";
import { HASH_OCTETS, sameParameters } from "./nsec3-plan.ts";
import {
  type Edit,
  EditBook,
  mergeForwards,
  slotsFor,
  writeEdits,
  writeForwards,
  writeNameTable,
} from "./overlay-edits.ts";
import { compareHashesAt } from "./overlay-index.ts";
import type { Model, NameDraft, OverlayRefusal, Rdata, SetDraft } from "./overlay-model.ts";
import { hasRecords, isMoved, type NodeDraft, type TreePlan } from "./overlay-plan.ts";
import { wordsFor } from "./place.ts";
import { isDnssec } from "./plan.ts";
import { writeRR } from "./rr.ts";

/** Nodes and NSEC3 entries that an overlay may hold; beyond it the lists written for each version cost too much. */
export const MAX_OVERLAY_ENTRIES = 16_384;

/** What a segment changed, for whoever checks the change: refs into the new version, names and hashes that are gone. */
export type Touched = {
  readonly nodes: readonly number[];
  readonly goneNames: readonly Uint8Array[];
  /** Names that stay and came under a cut or a DNAME, or out from under one. */
  readonly movedNames: readonly Uint8Array[];
  /** Entries that came, or replaced the one of their hash. */
  readonly nsec3s: readonly number[];
  readonly goneHashes: readonly Uint8Array[];
};

export type Overlaid = { readonly image: ZoneImage; readonly touched: Touched };

export function writeOverlay(image: ZoneImage, model: Model, tree: TreePlan): Result<Overlaid, OverlayRefusal> {
  const writer = new OverlayWriter(image, model, tree);
  const refusal = writer.prepare();
  if (refusal) return fail(refusal);
  return writer.write() ? ok(writer.result()) : fail("no-room");
}

type Nsec3Draft = { readonly name: NameDraft; readonly set: SetDraft; readonly hash: Uint8Array; ref: number };

/** Keeps: `at` is the first free word; once the room is used up nothing more is written. */
class OverlayWriter {
  private readonly image: ZoneImage;
  private readonly model: Model;
  private readonly tree: TreePlan;
  private readonly words: Uint32Array;
  private readonly octets: Uint8Array;
  private readonly view: DataView;
  private readonly root: number;
  private at: number;
  private slot: number;
  private maxTtl: number;
  private rrsets: number;
  private records: number;
  private flags: number;
  private moved: number;
  private addressed: number;
  private readonly nodeBook: EditBook;
  private readonly nsec3Book: EditBook;
  private readonly nsec3s: Nsec3Draft[] = [];
  private readonly nsec3ByHash = new Map<string, Nsec3Draft>();
  private readonly goneNsec3s: Nsec3Draft[] = [];
  private nsec3Count: number;
  /** Sets whose list of additional nodes is still to be written, when all nodes have their place. */
  private readonly following: { ref: number; set: SetDraft }[] = [];

  constructor(image: ZoneImage, model: Model, tree: TreePlan) {
    const before = image.overlayIndex;
    this.image = image;
    this.model = model;
    this.tree = tree;
    this.words = image.words;
    this.octets = image.octets;
    this.view = wordsView(image.octets);
    this.root = image.end + (image.end % 2);
    this.at = this.root + OverlayHeader.Size;
    this.slot = image.slotCount;
    this.maxTtl = image.maxTtl;
    this.rrsets = image.rrsetCount;
    this.records = image.recordCount;
    this.flags = image.flags;
    this.moved = before ? image.words[before.root + OverlayHeader.Nsec3Moved]! : 0;
    this.addressed = before ? image.words[before.root + OverlayHeader.Addressed]! : 0;
    this.nodeBook = new EditBook(before?.nodes);
    this.nsec3Book = new EditBook(before?.nsec3);
    this.nsec3Count = image.nsec3?.count ?? 0;
  }

  /** Whether this change can be an overlay at all, and what becomes of the NSEC3 list. */
  prepare(): OverlayRefusal | undefined {
    const { model, tree, image } = this;
    const { apex } = tree;
    if (((apex.flags ^ apex.oldFlags) & NodeFlag.HasNsec) !== 0) return "kind-changed";
    let unsigned = false;
    let stripped = false;
    // What is made here is nothing that the zone brought.
    const ownChain = (image.flags & ImageFlag.OwnChain) !== 0;
    for (const name of model.names.values()) {
      for (const set of name.sets.values()) {
        if (!set.dataChanged && !set.signaturesChanged) continue;
        if (set.type === RRType.NSEC3PARAM && name.node === image.apexNode) return "kind-changed";
        if (set.type === RRType.NSEC3 && !this.takeNsec3(name, set)) return "kind-changed";
        const isEmpty = set.records.length + set.signatures.length === 0;
        if (set.ref !== 0 && set.signatures.length === 0 && image.rrsetSigCount(set.ref) > 0) unsigned = true;
        if (isEmpty && isDnssec(set.type)) stripped = true;
        if (set.signatures.length > 0) this.flags |= ImageFlag.Signed | ImageFlag.HasDnssec;
        if (!isEmpty && isDnssec(set.type) && !ownChain) this.flags |= ImageFlag.HasDnssec;
        this.count(set, isEmpty);
      }
    }
    // What the flags say of the whole zone can only be known from the whole zone, where the last of its kind may have gone.
    const isSigned = apex.sets.some((set) => set.type === RRType.SOA && this.signaturesOf(set.ref, set.draft) > 0);
    if (unsigned && !isSigned) return "kind-changed";
    if (stripped && (image.flags & (ImageFlag.Signed | ImageFlag.HasDnssec)) === ImageFlag.HasDnssec)
      return "kind-changed";
    if (image.nsec3 && this.nsec3Count === 0) return "kind-changed";
    return undefined;
  }

  /** False when the room behind the image does not do. */
  write(): boolean {
    for (const node of this.tree.live) if (!this.placeNode(node)) return false;
    for (const draft of this.nsec3s) if (!this.placeNsec3(draft)) return false;
    for (const node of this.tree.live) this.writeNode(node);
    for (const node of this.tree.gone) this.nodeBook.remove(node.old, this.basePlaceOf(node.old), node.hash);
    for (const { ref, set } of this.following) if (!this.writeFollowed(ref, set)) return false;
    return this.slot <= this.image.slotCapacity && this.writeLists();
  }

  result(): Overlaid {
    return {
      image: new ZoneImage(this.image.buffer, this.root),
      touched: {
        nodes: this.tree.live.map((node) => node.ref),
        goneNames: this.tree.gone.map((node) => node.name),
        movedNames: this.tree.live.filter(isMoved).map((node) => node.name),
        nsec3s: this.nsec3s.map((draft) => draft.ref),
        goneHashes: this.goneNsec3s.map((draft) => draft.hash),
      },
    };
  }

  private count(set: SetDraft, isEmpty: boolean): void {
    const { image } = this;
    this.rrsets += (isEmpty ? 0 : 1) - (set.ref === 0 ? 0 : 1);
    this.records += set.records.length + set.signatures.length;
    if (set.ref !== 0) this.records -= image.rrsetCountOf(set.ref) + image.rrsetSigCount(set.ref);
    if (!isEmpty) this.maxTtl = Math.max(this.maxTtl, set.ttl);
  }

  private signaturesOf(ref: number, draft: SetDraft | undefined): number {
    return draft ? draft.signatures.length : this.image.rrsetSigCount(ref);
  }

  /** False when it is none of the chain that is served. */
  private takeNsec3(name: NameDraft, set: SetDraft): boolean {
    const { image } = this;
    const { nsec3 } = image;
    if (!nsec3 || !name.nsec3Hash || image.words[Header.SpareCount]! > 0) return false;
    if (set.ref !== 0 && name.nsec3 === 0) return false;
    const draft = { name, set, hash: name.nsec3Hash, ref: 0 };
    if (set.records.length === 0) {
      if (set.signatures.length > 0) return false;
      if (name.nsec3 === 0) return true;
      this.goneNsec3s.push(draft);
      this.moved++;
      this.nsec3Count--;
      return true;
    }
    const first = readNsec3(set.records[0]!.rdata);
    if (!sameParameters(first, nsec3)) return false;
    if ((first.flags & 1) !== 0) this.flags |= ImageFlag.OptOut;
    this.nsec3s.push(draft);
    this.nsec3ByHash.set(toHex(draft.hash), draft);
    if (name.nsec3 === 0) {
      this.moved++;
      this.nsec3Count++;
    }
    return true;
  }

  private take(words: number): number {
    const start = this.at;
    this.at += words;
    return start;
  }

  private get full(): boolean {
    return this.at > this.words.length;
  }

  private placeNode(node: NodeDraft): boolean {
    node.ref = this.take(NodeWord.Size + SetWord.Size * node.sets.length + wordsFor(node.name.length));
    return !this.full;
  }

  private placeNsec3(draft: Nsec3Draft): boolean {
    draft.ref = this.take(Nsec3Word.Size + 1 + SetWord.Size + wordsFor(draft.name.name.length));
    if (this.full) return false;
    const { words } = this;
    const { ref, hash, name } = draft;
    const set = ref + Nsec3Word.Size + 1;
    const view = new DataView(hash.buffer, hash.byteOffset, HASH_OCTETS);
    for (let i = 0; i < 5; i++) words[ref + Nsec3Word.Hash + i] = view.getUint32(4 * i);
    words[ref + Nsec3Word.RRset] = set;
    words[ref + Nsec3Word.Name] = 4 * (set + SetWord.Size);
    words[ref + Nsec3Word.NameLength] = name.name.length;
    this.octets.set(name.name, 4 * (set + SetWord.Size));
    this.bookNsec3(draft);
    return this.writeSet(set, draft.set);
  }

  private bookNsec3(draft: Nsec3Draft): void {
    const { words, image, nsec3Book: book } = this;
    const { ref, hash, name } = draft;
    const place = image.baseNsec3Place(hash);
    const base = words[Header.Nsec3List]! + Nsec3Word.Size * place;
    const isInBase = place >= 0 && image.nsec3Equals(base, hash);
    words[ref + Nsec3Word.Size] = isInBase ? place : place + 1;
    if (name.nsec3 !== 0) book.replace(name.nsec3, ref, place, 0);
    else if (!isInBase) book.insert(place + 1, ref, 0);
    else if (book.revive(place, ref)) book.forwards.set(base, ref);
  }

  /** Where a node of the base stands in its order; of no meaning for others. */
  private basePlaceOf(node: number): number {
    return (this.words[node + NodeWord.Index]! & ~OVERLAY_FLAG) >>> 0;
  }

  private writeNode(node: NodeDraft): void {
    const { words, octets } = this;
    const { ref, old } = node;
    const parent = node.parent ? node.parent.ref || node.parent.old : node.parentRef;
    words[ref + NodeWord.Shape] = (node.flags | (node.labels << 16) | (node.name.length << 24)) >>> 0;
    words[ref + NodeWord.RRsetCount] = node.sets.length;
    words[ref + NodeWord.Parent] = parent;
    words[ref + NodeWord.WildcardChild] = this.wildcardOf(node);
    words[ref + NodeWord.Cut] = this.cutAbove(node);
    this.bookNode(node);
    words[ref + NodeWord.Nsec3Match] = this.matchOf(node);
    words[ref + NodeWord.Nsec3Wildcard] = old === 0 || isMoved(node) ? 0 : words[old + NodeWord.Nsec3Wildcard]!;
    octets.set(node.name, 4 * (ref + NodeWord.Size + SetWord.Size * node.sets.length));
    node.sets.forEach((set, i) => {
      const to = ref + NodeWord.Size + SetWord.Size * i;
      if (!set.draft) words.copyWithin(to, set.ref, set.ref + SetWord.Size);
      else this.writeSet(to, set.draft);
    });
    const has = hasRecords(this.image, node, RRType.A) || hasRecords(this.image, node, RRType.AAAA);
    const had =
      old !== 0 && (this.image.findRRset(old, RRType.A) !== 0 || this.image.findRRset(old, RRType.AAAA) !== 0);
    if (has && !had) this.addressed++;
  }

  /** Index, NSEC link and the edit of the order. */
  private bookNode(node: NodeDraft): void {
    const { words, image, nodeBook: book } = this;
    const { ref, old, hash, name } = node;
    if (old !== 0) {
      words[ref + NodeWord.Index] = words[old + NodeWord.Index]!;
      words[ref + NodeWord.Nsec] = words[old + NodeWord.Nsec]!;
      book.replace(old, ref, this.basePlaceOf(old), hash);
      return;
    }
    const base = image.findBaseNode(hash, name, 0);
    if (base !== 0) {
      const place = words[base + NodeWord.Index]!;
      words[ref + NodeWord.Index] = place;
      words[ref + NodeWord.Nsec] = words[base + NodeWord.Nsec]!;
      if (book.revive(place, ref)) book.forwards.set(base, ref);
      return;
    }
    const place = image.basePlace(name, 0);
    words[ref + NodeWord.Index] = ((place + 1) | OVERLAY_FLAG) >>> 0;
    words[ref + NodeWord.Nsec] = words[words[words[Header.Order]! + place]! + NodeWord.Nsec]!;
    book.insert(place + 1, ref, hash);
  }

  private wildcardOf(node: NodeDraft): number {
    if (node.wildcardChild) return node.wildcardChild.ref || node.wildcardChild.old;
    return node.old === 0 || node.lostWildcard ? 0 : this.words[node.old + NodeWord.WildcardChild]!;
  }

  private cutAbove(node: NodeDraft): number {
    if ((node.flags & NodeFlag.Occluded) === 0) return 0;
    if (node.old !== 0 && !isMoved(node) && !node.cutMoved) return this.words[node.old + NodeWord.Cut]!;
    // Parents are written first: what stands in theirs is right.
    const parent = node.parent!;
    const above = parent.ref || parent.old;
    return (parent.flags & NodeFlag.Occluded) === 0 ? above : this.words[above + NodeWord.Cut]!;
  }

  private matchOf(node: NodeDraft): number {
    const { nsec3 } = this.image;
    if (!nsec3 || (node.flags & NodeFlag.Occluded) !== 0) return 0;
    if (this.nsec3s.length === 0 && node.old !== 0 && !isMoved(node))
      return this.words[node.old + NodeWord.Nsec3Match]!;
    // As in the base: a chain of more iterations is not served, and 65,535 of them for each name would be minutes.
    if (nsec3.iterations > MAX_NSEC3_ITERATIONS) return 0;
    const hash = new Uint8Array(HASH_OCTETS);
    nsec3Hash(node.name, nsec3.salt, nsec3.iterations, hash);
    const draft = this.nsec3ByHash.get(toHex(hash));
    if (draft) return (draft.ref | OVERLAY_FLAG) >>> 0;
    const entry = this.image.findNsec3(hash);
    return this.image.nsec3Equals(entry, hash) ? (entry | OVERLAY_FLAG) >>> 0 : 0;
  }

  /** The entry at `ref` and its RRs. RRsets whose data did not change keep their signature slot. */
  private writeSet(ref: number, set: SetDraft): boolean {
    const { words, view } = this;
    const dataLength = octetsOf(set.records);
    const sigLength = octetsOf(set.signatures);
    const data = 4 * this.take(wordsFor(dataLength + sigLength));
    if (this.full) return false;
    words[ref + SetWord.TypeCount] = (set.type | (set.records.length << 16)) >>> 0;
    words[ref + SetWord.Ttl] = set.ttl;
    words[ref + SetWord.Data] = data;
    words[ref + SetWord.DataLength] = dataLength;
    words[ref + SetWord.Signatures] = (sigLength | (set.signatures.length << 24)) >>> 0;
    words[ref + SetWord.Slot] = set.ref !== 0 && !set.dataChanged ? words[set.ref + SetWord.Slot]! : this.slot++;
    words[ref + SetWord.Additional] = 0;
    let at = data;
    for (const { rdata } of set.records) at = writeRR(view, at, set.type, set.ttl, wordsView(rdata), 0, rdata.length);
    for (const { rdata } of set.signatures)
      at = writeRR(view, at, RRType.RRSIG, set.sigTtl, wordsView(rdata), 0, rdata.length);
    if (followedAt(set.type) >= 0) this.following.push({ ref, set });
    return true;
  }

  private writeFollowed(ref: number, set: SetDraft): boolean {
    const targets: number[] = [];
    for (const { rdata } of set.records) {
      const target = rdataTarget(set.type, rdata);
      const node = target && targets.length < MAX_TARGETS ? this.addressedNode(target) : 0;
      if (node && !targets.includes(node)) targets.push(node);
    }
    if (targets.length === 0) return true;
    const list = this.take(1 + targets.length);
    if (this.full) return false;
    this.words[list] = targets.length;
    this.words.set(targets, list + 1);
    this.words[ref + SetWord.Additional] = list;
    return true;
  }

  private addressedNode(target: Uint8Array): number {
    const { image } = this;
    const draft = this.tree.byKey.get(nameKey(target));
    if (draft) {
      const has = hasRecords(image, draft, RRType.A) || hasRecords(image, draft, RRType.AAAA);
      return has && !draft.gone ? draft.ref || draft.old : 0;
    }
    const node = image.findNode(nameHash(target), target, 0);
    if (node === 0) return 0;
    return image.findRRset(node, RRType.A) !== 0 || image.findRRset(node, RRType.AAAA) !== 0 ? node : 0;
  }

  private writeLists(): boolean {
    const { image, words, nodeBook, nsec3Book } = this;
    for (const { name } of this.goneNsec3s) {
      const place = (name.nsec3 - words[Header.Nsec3List]!) / Nsec3Word.Size;
      nsec3Book.remove(name.nsec3, name.nsec3 < image.baseWords ? place : 0, 0);
    }
    const nodes = nodeBook.sorted((a, b) => compareNames(this.nameAt(a), this.nameAt(b)));
    const nsec3s = nsec3Book.sorted((a, b) => compareHashesAt(words, a, b));
    const before = image.overlayIndex;
    const fresh = new Map([...nodeBook.forwards, ...nsec3Book.forwards]);
    const beforeSlots = before ? words[before.root + OverlayHeader.ForwardMask]! + 1 : 0;
    const forwards = mergeForwards(words, before ? words[before.root + OverlayHeader.Forward]! : 0, beforeSlots, fresh);
    const [tableSlots, forwardSlots] = [slotsFor(nodes.length), slotsFor(forwards.size)];
    const nodesAt = this.take(EditWord.Size * nodes.length);
    const nsec3At = this.take(EditWord.Size * nsec3s.length);
    this.at += this.at % 2;
    const table = this.take(2 * tableSlots);
    const forwardsAt = this.take(2 * forwardSlots);
    if (this.full) return false;
    writeEdits(words, nodesAt, nodes);
    writeEdits(words, nsec3At, nsec3s);
    writeNameTable(words, table, tableSlots - 1, nodes);
    writeForwards(words, forwardsAt, forwardSlots - 1, forwards);
    this.header({ nodesAt, nodes, nsec3At, nsec3s, table, tableSlots, forwardsAt, forwardSlots });
    return true;
  }

  private header(lists: {
    nodesAt: number;
    nodes: readonly Edit[];
    nsec3At: number;
    nsec3s: readonly Edit[];
    table: number;
    tableSlots: number;
    forwardsAt: number;
    forwardSlots: number;
  }): void {
    const { words, root, image, tree } = this;
    const soaSet = tree.apex.sets.find((set) => set.type === RRType.SOA)!.draft!;
    const soa = readSoa(soaSet.records[0]!.rdata);
    const put = (word: number, value: number) => {
      words[root + word] = value;
    };
    words.fill(0, root, root + OverlayHeader.Size);
    put(OverlayHeader.Magic, OVERLAY_MAGIC);
    put(OverlayHeader.Version, OVERLAY_VERSION);
    put(OverlayHeader.Base, words[Header.Checksum]!);
    put(OverlayHeader.Previous, image.root);
    put(OverlayHeader.End, this.at);
    put(OverlayHeader.Serial, soa.serial);
    put(OverlayHeader.Flags, this.flags);
    put(OverlayHeader.NodeCount, image.nodeCount + this.freshNodes() - tree.gone.length);
    put(OverlayHeader.RRsetCount, this.rrsets);
    put(OverlayHeader.RecordCount, this.records);
    put(OverlayHeader.SlotCount, this.slot);
    put(OverlayHeader.ApexNode, tree.apex.ref);
    put(OverlayHeader.SoaTtl, soaSet.ttl);
    put(OverlayHeader.SoaMinimum, soa.minimum);
    put(OverlayHeader.MaxTtl, this.maxTtl);
    put(OverlayHeader.Nodes, lists.nodesAt);
    put(OverlayHeader.NodeEdits, lists.nodes.length);
    put(OverlayHeader.HashTable, lists.table);
    put(OverlayHeader.HashMask, lists.tableSlots - 1);
    put(OverlayHeader.Forward, lists.forwardsAt);
    put(OverlayHeader.ForwardMask, lists.forwardSlots - 1);
    put(OverlayHeader.Nsec3, lists.nsec3At);
    put(OverlayHeader.Nsec3Edits, lists.nsec3s.length);
    put(OverlayHeader.Nsec3Count, this.nsec3Count);
    put(OverlayHeader.Nsec3Moved, this.moved);
    put(OverlayHeader.Addressed, this.addressed);
    put(OverlayHeader.Checksum, overlayChecksum(words, root, this.at));
  }

  private freshNodes(): number {
    let fresh = 0;
    for (const node of this.tree.live) if (node.old === 0) fresh++;
    return fresh;
  }

  private nameAt(node: number): Uint8Array {
    return this.image.nodeName(node);
  }
}

function octetsOf(list: readonly Rdata[]): number {
  let octets = 0;
  for (const { rdata } of list) octets += RR_HEAD + rdata.length;
  return octets;
}

/**
 * The reader of a zone image. It trusts the octets: `verifyImage` has walked them once. No object is made for a lookup;
 * nodes, RRsets and NSEC3 entries are word indexes ("refs", 0 = none).
 */
import { CASE_FOLD } from "#name";
import { Header, ImageFlag, MAX_PROBE, NodeWord, Nsec3Word, SetWord } from "./layout.ts";
import { keyWord, MAX_ORDER_KEY, writeOrderKey } from "./order-key.ts";

export class ZoneImage {
  readonly buffer: SharedArrayBuffer;
  readonly words: Uint32Array;
  readonly octets: Uint8Array;
  readonly apexNode: number;
  readonly serial: number;
  readonly flags: number;
  readonly nodeCount: number;
  readonly rrsetCount: number;
  readonly recordCount: number;
  /** Negative TTL: the smaller of the SOA's TTL and its MINIMUM (RFC 2308 section 5, RFC 9077). */
  readonly negativeTtl: number;
  readonly maxTtl: number;
  readonly nsec3:
    | { readonly algorithm: 1; readonly iterations: number; readonly salt: Uint8Array; readonly count: number }
    | undefined;
  private readonly table: number;
  private readonly mask: number;
  private readonly order: number;
  private readonly orderKeys: number;
  private readonly commonKey: number;
  private readonly commonKeyLength: number;
  private readonly apexLabels: number;
  private readonly nsec3List: number;
  private readonly nsec3Count: number;
  private readonly key = new Uint8Array(MAX_ORDER_KEY);

  constructor(buffer: SharedArrayBuffer) {
    const words = new Uint32Array(buffer);
    this.buffer = buffer;
    this.words = words;
    this.octets = new Uint8Array(buffer);
    this.apexNode = words[Header.ApexNode]!;
    this.serial = words[Header.Serial]!;
    this.flags = words[Header.Flags]!;
    this.nodeCount = words[Header.NodeCount]!;
    this.rrsetCount = words[Header.RRsetCount]!;
    this.recordCount = words[Header.RecordCount]!;
    this.negativeTtl = Math.min(words[Header.SoaTtl]!, words[Header.SoaMinimum]!);
    this.maxTtl = words[Header.MaxTtl]!;
    this.table = words[Header.HashTable]!;
    this.mask = words[Header.HashMask]!;
    this.order = words[Header.Order]!;
    this.orderKeys = words[Header.OrderKeys]!;
    this.commonKey = words[Header.CommonKey]!;
    this.commonKeyLength = words[Header.CommonKeyLength]!;
    this.nsec3List = words[Header.Nsec3List]!;
    this.nsec3Count = words[Header.Nsec3Count]!;
    this.apexLabels = (words[this.apexNode + NodeWord.Shape]! >>> 16) & 0xff;
    const salt = words[Header.Nsec3Salt]!;
    this.nsec3 =
      (this.flags & ImageFlag.Nsec3) === 0
        ? undefined
        : {
            algorithm: 1,
            iterations: words[Header.Nsec3Iterations]!,
            salt: this.octets.slice(salt, salt + words[Header.Nsec3SaltLength]!),
            count: this.nsec3Count,
          };
  }

  /** The node with exactly this name (empty non-terminals, glue and hidden names too), or 0. `hash` is `nameHash` of it. */
  findNode(hash: number, name: Uint8Array, at: number): number {
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
    const { key, words } = this;
    const length = writeOrderKey(name, at, this.apexLabels, key);
    if (length === 0) return this.apexNode;
    const common = this.compareCommon(length);
    if (common < 0) return this.apexNode;
    if (common > 0) return words[this.order + this.nodeCount - 1]!;
    const high = keyWord(key, length, this.commonKeyLength);
    const low = keyWord(key, length, this.commonKeyLength + 4);
    // Invariant: node `first` is not after the name, node `last` is (or is one past the end).
    let first = 0;
    let last = this.nodeCount;
    while (last - first > 1) {
      const middle = (first + last) >>> 1;
      const entry = this.orderKeys + 2 * middle;
      const keyHigh = words[entry]!;
      let after: boolean;
      if (keyHigh !== high) after = keyHigh > high;
      else if (words[entry + 1]! !== low) after = words[entry + 1]! > low;
      else after = this.compareWithKey(middle, length) > 0;
      if (after) last = middle;
      else first = middle;
    }
    return words[this.order + first]!;
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
    return this.words[node + NodeWord.Index]!;
  }

  /** The node at a canonical position from 0 to nodeCount - 1. */
  nodeAt(index: number): number {
    return this.words[this.order + index]!;
  }

  /** 0 for the apex. */
  nodeParent(node: number): number {
    return this.words[node + NodeWord.Parent]!;
  }

  /** The node `*.` + this name, or 0. */
  wildcardChild(node: number): number {
    return this.words[node + NodeWord.WildcardChild]!;
  }

  /** For hidden nodes (`NodeFlag.Occluded`) the cut or DNAME above; else 0. */
  cutOf(node: number): number {
    return this.words[node + NodeWord.Cut]!;
  }

  /** The node itself when it has an NSEC, else the canonically closest earlier one that has: it covers this name. 0 without NSEC. */
  nsecNode(node: number): number {
    return this.words[node + NodeWord.Nsec]!;
  }

  /** Index of the NSEC3 that matches this name, or -1. */
  nsec3Match(node: number): number {
    return this.words[node + NodeWord.Nsec3Match]! - 1;
  }

  /** Index of the NSEC3 that matches or covers `*.` + this name; -1 when not made beforehand (nodes without children). */
  nsec3WildcardCover(node: number): number {
    return this.words[node + NodeWord.Nsec3Wildcard]! - 1;
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

  /** Word index of `[count, node refs…]` for additional-section processing, or 0. */
  additionalOf(ref: number): number {
    return this.words[ref + SetWord.Additional]!;
  }

  /** Index of the NSEC3 whose hash is the greatest not above this one; the last one (it wraps around) below the first. */
  findNsec3(hash: Uint8Array): number {
    const wanted = keyWord(hash, 20, 0);
    let first = 0;
    let last = this.nsec3Count;
    // Hashes are uniform: the place is within a few entries of wanted / 2^32.
    let guess = Math.floor((wanted / 0x1_0000_0000) * last);
    let step = 4;
    if (this.nsec3After(guess, wanted, hash)) {
      last = guess;
      while (guess - step > 0 && this.nsec3After(guess - step, wanted, hash)) {
        last = guess - step;
        step *= 2;
      }
      first = Math.max(0, guess - step);
      if (this.nsec3After(first, wanted, hash)) return this.nsec3Count - 1;
    } else {
      first = guess;
      while (guess + step < last && !this.nsec3After(guess + step, wanted, hash)) {
        first = guess + step;
        step *= 2;
      }
      last = Math.min(last, guess + step);
    }
    while (last - first > 1) {
      guess = (first + last) >>> 1;
      if (this.nsec3After(guess, wanted, hash)) last = guess;
      else first = guess;
    }
    return first;
  }

  nsec3Equals(index: number, hash: Uint8Array): boolean {
    const entry = this.nsec3List + Nsec3Word.Size * index;
    for (let i = 0; i < 5; i++) if (this.words[entry + i] !== keyWord(hash, 20, 4 * i)) return false;
    return true;
  }

  nsec3RRset(index: number): number {
    return this.words[this.nsec3List + Nsec3Word.Size * index + Nsec3Word.RRset]!;
  }

  /** Octet offset of the owner name. */
  nsec3Name(index: number): number {
    return this.words[this.nsec3List + Nsec3Word.Size * index + Nsec3Word.Name]!;
  }

  nsec3NameLength(index: number): number {
    return this.words[this.nsec3List + Nsec3Word.Size * index + Nsec3Word.NameLength]!;
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

  /** -1, 0, 1: the key just written against the octets that all names below the apex share. */
  private compareCommon(length: number): number {
    for (let i = 0; i < this.commonKeyLength; i++) {
      const difference = (i < length ? this.key[i]! : -1) - this.octets[this.commonKey + i]!;
      if (difference !== 0) return difference;
    }
    return 0;
  }

  /** The whole key of a node against the key just written. */
  private compareWithKey(index: number, length: number): number {
    const other = nodeKey;
    const otherLength = writeOrderKey(this.octets, this.nodeNameAt(this.nodeAt(index)), this.apexLabels, other);
    const shorter = Math.min(length, otherLength);
    for (let i = 0; i < shorter; i++) if (other[i] !== this.key[i]) return other[i]! - this.key[i]!;
    return otherLength - length;
  }

  private nsec3After(index: number, wanted: number, hash: Uint8Array): boolean {
    const entry = this.nsec3List + Nsec3Word.Size * index;
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

/** Last half of the compiler: the octets. Everything has its place already; nothing is decided here. */

import { copyOctets, wordsView } from "#bytes";
import { labelCount } from "#name";
import type { Soa } from "#rdata";
import { RRType } from "#rdata";
import type { AdditionalPlan } from "./additional.ts";
import { imageChecksum } from "./checksum.ts";
import {
  Header,
  IMAGE_MAGIC,
  IMAGE_VERSION,
  ImageFlag,
  NodeFlag,
  NodeWord,
  Nsec3Word,
  RR_HEAD,
  SetWord,
  SpareWord,
} from "./layout.ts";
import type { NameIndex } from "./name-index.ts";
import { HASH_OCTETS, type Nsec3Plan } from "./nsec3-plan.ts";
import { keyWord, MAX_ORDER_KEY, writeOrderKey } from "./order-key.ts";
import { type Places, wordsFor } from "./place.ts";
import type { Plan } from "./plan.ts";
import { writeRR } from "./rr.ts";
import { BLOCK_NODES, type Unwanted, WantedRdata } from "./wanted.ts";

export type WriteInput = {
  readonly plan: Plan;
  readonly index: NameIndex;
  readonly nsec3: Nsec3Plan | undefined;
  readonly additional: AdditionalPlan;
  readonly commonKey: Uint8Array;
  readonly places: Places;
  readonly soaTtl: number;
  readonly soa: Soa;
  readonly ownChain: boolean;
  readonly roomOctets: number;
  readonly unwanted: Unwanted | undefined;
};

export function writeImage(input: WriteInput): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer(4 * input.places.words + input.roomOctets);
  const writer = new ImageWriter(buffer, input);
  writer.nodes();
  writer.hashed();
  writer.additional();
  writer.order();
  writer.nameIndex();
  writer.header();
  return buffer;
}

class ImageWriter {
  private readonly words: Uint32Array;
  private readonly octets: Uint8Array;
  private readonly view: DataView;
  /** Of the columns that the plan was made of. */
  private readonly rdata: DataView;
  private readonly names: DataView;
  private readonly input: WriteInput;
  private records = 0;
  private maxTtl = 0;

  constructor(buffer: SharedArrayBuffer, input: WriteInput) {
    this.words = new Uint32Array(buffer);
    this.octets = new Uint8Array(buffer);
    this.view = new DataView(buffer);
    this.rdata = wordsView(input.plan.columns.rdata);
    this.names = wordsView(input.plan.columns.nameOctets);
    this.input = input;
  }

  nodes(): void {
    const { words } = this;
    const { plan, places, nsec3, unwanted } = this.input;
    const refOf = (node: number) => (node < 0 ? 0 : places.node[node]!);
    const wanted = unwanted && new WantedRdata(plan, unwanted);
    for (let node = 0; node < plan.nodeCount; node++) {
      if (wanted && node > 0 && node % BLOCK_NODES === 0) wanted.written(node / BLOCK_NODES - 1);
      const ref = places.node[node]!;
      words[ref + NodeWord.Index] = node;
      words[ref + NodeWord.Shape] = plan.flags[node]! | (plan.labels[node]! << 16) | (plan.nameLength[node]! << 24);
      words[ref + NodeWord.RRsetCount] = plan.sets[node]!;
      words[ref + NodeWord.Parent] = refOf(plan.parent[node]!);
      words[ref + NodeWord.WildcardChild] = refOf(plan.wildcardChild[node]!);
      words[ref + NodeWord.Cut] = refOf(plan.cut[node]!);
      words[ref + NodeWord.Nsec] = refOf(plan.nsec[node]!);
      words[ref + NodeWord.Nsec3Match] = nsec3 ? nsec3.match[node]! : 0;
      words[ref + NodeWord.Nsec3Wildcard] = nsec3 ? nsec3.wildcard[node]! : 0;
      const nameAt = ref + NodeWord.Size + SetWord.Size * plan.sets[node]!;
      this.copyName(plan.nameAt[node]!, plan.nameLength[node]!, 4 * nameAt);
      let dataAt = 4 * (nameAt + wordsFor(plan.nameLength[node]!));
      for (let i = 0; i < plan.sets[node]!; i++) {
        dataAt = this.set(ref + NodeWord.Size + SetWord.Size * i, plan.firstSet[node]! + i, dataAt);
      }
    }
  }

  /** NSEC3 RRsets: entry, owner name, data; then the two lists that lead to them. */
  hashed(): void {
    const { plan, places, nsec3 } = this.input;
    if (!nsec3) return;
    [...nsec3.chain, ...nsec3.spare].forEach((entry, i) => {
      const ref = places.hashed[i]!;
      const name = 4 * (ref + SetWord.Size);
      this.copyName(entry.nameAt, entry.nameLength, name);
      this.set(ref, entry.set, name + 4 * wordsFor(entry.nameLength));
      if (i < nsec3.chain.length) {
        const at = places.nsec3List + Nsec3Word.Size * i;
        for (let k = 0; k < 5; k++)
          this.words[at + k] = keyWord(nsec3.hashes, nsec3.hashes.length, HASH_OCTETS * i + 4 * k);
        this.words[at + Nsec3Word.RRset] = ref;
        this.words[at + Nsec3Word.Name] = name;
        this.words[at + Nsec3Word.NameLength] = entry.nameLength;
      } else {
        const at = places.spareList + SpareWord.Size * (i - nsec3.chain.length);
        this.words[at + SpareWord.RRset] = ref;
        this.words[at + SpareWord.Name] = name;
        this.words[at + SpareWord.NameLength] = entry.nameLength;
      }
    });
    this.octets.set(nsec3.salt, places.salt);
    if (plan.hashed.length !== nsec3.chain.length + nsec3.spare.length)
      throw new Error("image: an NSEC3 RRset was lost");
  }

  additional(): void {
    const { additional, places } = this.input;
    for (const [set, targets] of additional) {
      const at = places.additional.get(set)!;
      this.words[at] = targets.length;
      targets.forEach((node, i) => {
        this.words[at + 1 + i] = places.node[node]!;
      });
    }
  }

  /** Node refs in canonical order and the 8 octets of order key that decide most comparisons. */
  order(): void {
    const { plan, places, commonKey } = this.input;
    const apexLabels = labelCount(plan.columns.apex);
    const key = new Uint8Array(MAX_ORDER_KEY);
    this.octets.set(commonKey, places.commonKey);
    for (let node = 0; node < plan.nodeCount; node++) {
      this.words[places.order + node] = places.node[node]!;
      const length = writeOrderKey(plan.columns.nameOctets, plan.nameAt[node]!, apexLabels, key);
      const skip = node === 0 ? 0 : commonKey.length;
      this.words[places.orderKeys + 2 * node] = keyWord(key, length, skip);
      this.words[places.orderKeys + 2 * node + 1] = keyWord(key, length, skip + 4);
    }
  }

  nameIndex(): void {
    const { index, places } = this.input;
    for (let slot = 0; slot <= index.mask; slot++) {
      const node = index.slots[slot]! - 1;
      if (node < 0) continue;
      this.words[places.hashTable + 2 * slot] = index.hashes[node]!;
      this.words[places.hashTable + 2 * slot + 1] = places.node[node]!;
    }
  }

  header(): void {
    const { plan, places, index, nsec3, commonKey, soa, soaTtl } = this.input;
    const { words } = this;
    words[Header.Magic] = IMAGE_MAGIC;
    words[Header.Version] = IMAGE_VERSION;
    words[Header.Words] = places.words;
    words[Header.Serial] = soa.serial;
    words[Header.Flags] = this.flags();
    words[Header.NodeCount] = plan.nodeCount;
    words[Header.RRsetCount] = plan.setCount;
    words[Header.RecordCount] = this.records;
    words[Header.ApexNode] = places.node[0]!;
    words[Header.HashTable] = places.hashTable;
    words[Header.HashMask] = index.mask;
    words[Header.MaxProbe] = index.maxProbe;
    words[Header.Order] = places.order;
    words[Header.OrderKeys] = places.orderKeys;
    words[Header.CommonKey] = places.commonKey;
    words[Header.CommonKeyLength] = commonKey.length;
    words[Header.Nsec3List] = places.nsec3List;
    words[Header.Nsec3Count] = nsec3?.chain.length ?? 0;
    words[Header.Nsec3Iterations] = nsec3?.iterations ?? 0;
    words[Header.Nsec3Salt] = places.salt;
    words[Header.Nsec3SaltLength] = nsec3?.salt.length ?? 0;
    words[Header.SpareList] = places.spareList;
    words[Header.SpareCount] = nsec3?.spare.length ?? 0;
    words[Header.SoaTtl] = soaTtl;
    words[Header.SoaMinimum] = soa.minimum;
    words[Header.MaxTtl] = this.maxTtl;
    words[Header.NodesStart] = places.nodesStart;
    words[Header.NodesEnd] = places.nodesEnd;
    words[Header.Checksum] = imageChecksum(words, places.words);
  }

  private flags(): number {
    const { plan, nsec3, ownChain } = this.input;
    let flags = 0;
    if (plan.signed) flags |= ImageFlag.Signed;
    if ((plan.flags[0]! & NodeFlag.HasNsec) !== 0) flags |= ImageFlag.Nsec;
    if (nsec3 && nsec3.chain.length > 0) flags |= ImageFlag.Nsec3 | (nsec3.optOut ? ImageFlag.OptOut : 0);
    if (plan.hasDnssec) flags |= ImageFlag.HasDnssec;
    if (ownChain) flags |= ImageFlag.OwnChain;
    return flags;
  }

  /** One RRset entry and its RRs at `dataAt`; gives the octet offset behind them. */
  private set(ref: number, set: number, dataAt: number): number {
    const { plan, places } = this.input;
    const { words } = this;
    const type = plan.setType[set]!;
    const records = plan.setRecords[set]!;
    const signatures = plan.setSignatures[set]!;
    words[ref + SetWord.TypeCount] = type | (records << 16);
    words[ref + SetWord.Ttl] = plan.setTtl[set]!;
    words[ref + SetWord.Data] = dataAt;
    words[ref + SetWord.DataLength] = plan.setData[set]!;
    words[ref + SetWord.Signatures] = plan.setSigData[set]! | (signatures << 24);
    words[ref + SetWord.Slot] = set;
    words[ref + SetWord.Additional] = places.additional.get(set) ?? 0;
    this.records += records + signatures;
    this.maxTtl = Math.max(this.maxTtl, plan.setTtl[set]!);
    let at = dataAt;
    if (plan.setMade[set]! >= 0)
      return writeRR(
        this.view,
        at,
        type,
        plan.setTtl[set]!,
        wordsView(plan.made[plan.setMade[set]!]!),
        0,
        plan.setData[set]! - RR_HEAD,
      );
    const first = plan.setFirst[set]!;
    for (let i = 0; i < records; i++) at = this.record(at, type, plan.setTtl[set]!, plan.records[first + i]!);
    for (let i = 0; i < signatures; i++)
      at = this.record(at, RRType.RRSIG, plan.setSigTtl[set]!, plan.records[first + records + i]!);
    return at;
  }

  private record(at: number, type: number, ttl: number, record: number): number {
    const { columns } = this.input.plan;
    return writeRR(
      this.view,
      at,
      type,
      ttl,
      this.rdata,
      columns.recordOffsets[record]!,
      columns.recordLengths[record]!,
    );
  }

  private copyName(from: number, length: number, to: number): void {
    copyOctets(this.names, from, this.view, to, length);
  }
}

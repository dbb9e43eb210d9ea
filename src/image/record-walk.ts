/**
 * All records of an image, one by one, without an object for any, in the order of a whole-zone transfer (RFC 5936 section
 * 2.2): the SOA, everything else (the SOA's own signatures too), and the SOA again.
 */
import type { ZoneImage } from "./image.ts";
import { Header, RR_HEAD, SpareWord } from "./layout.ts";

const SOA = 6;

const Phase = { First: 0, Nodes: 1, Nsec3: 2, Spare: 3, Last: 4, End: 5 } as const;
type Phase = (typeof Phase)[keyof typeof Phase];

/** A cursor: everything but `next` describes the present record, whose octets are the image's own. */
export class RecordWalk {
  readonly octets: Uint8Array;
  ownerAt = 0;
  ownerLength = 0;
  type = 0;
  ttl = 0;
  rdataAt = 0;
  rdataLength = 0;
  /** Where the record stands as a message has it, from its type on. */
  wireAt = 0;
  readonly #image: ZoneImage;
  readonly #soa: number;
  #phase: Phase = Phase.First;
  /** Node, or entry of a list of NSEC3s, that comes next; RRset of the node that comes next. */
  #index = 0;
  #set = 0;
  #at = 0;
  #end = 0;

  constructor(image: ZoneImage) {
    this.octets = image.octets;
    this.#image = image;
    this.#soa = image.findRRset(image.apexNode, SOA);
  }

  /** Up to here more records of the same owner stand behind the present one, in the form that they have in an image. */
  get runEnd(): number {
    return this.#end;
  }

  /** Past records of the run, to the one at `at` or to its end. */
  skipTo(at: number): void {
    this.#at = at;
  }

  /** False at the end. */
  next(): boolean {
    if (this.#phase === Phase.First) return this.#onlySoa();
    // Each turn takes an RRset, or ends a phase.
    while (this.#at >= this.#end) {
      if (this.#phase === Phase.Last) return this.#onlySoa();
      if (this.#phase === Phase.End) return false;
      this.#advance();
    }
    this.#read();
    return true;
  }

  #onlySoa(): boolean {
    const image = this.#image;
    this.#ownedBy(image.apexNode);
    this.#at = image.rrsetData(this.#soa);
    this.#read();
    this.#at = 0;
    this.#end = 0;
    this.#phase = this.#phase === Phase.First ? Phase.Nodes : Phase.End;
    return true;
  }

  #read(): void {
    const o = this.octets;
    const at = this.#at;
    this.type = (o[at + 2]! << 8) | o[at + 3]!;
    this.ttl = ((o[at + 6]! << 24) | (o[at + 7]! << 16) | (o[at + 8]! << 8) | o[at + 9]!) >>> 0;
    this.rdataLength = (o[at + 10]! << 8) | o[at + 11]!;
    this.rdataAt = at + RR_HEAD;
    this.wireAt = at + 2;
    this.#at = this.rdataAt + this.rdataLength;
  }

  #advance(): void {
    if (this.#phase === Phase.Nodes) this.#advanceNodes();
    else this.#advanceList();
  }

  #advanceNodes(): void {
    const image = this.#image;
    if (this.#index >= image.nodeCount) {
      this.#phase = Phase.Nsec3;
      this.#index = 0;
      return;
    }
    const node = image.nodeAt(this.#index);
    if (this.#set >= image.rrsetsAt(node)) {
      this.#index++;
      this.#set = 0;
      return;
    }
    const ref = image.rrsetAt(node, this.#set++);
    this.#ownedBy(node);
    this.#take(ref);
    if (ref === this.#soa) {
      // The SOA itself has its places at both ends; its RRSIGs stand here.
      this.#at += image.rrsetDataLength(ref);
      return;
    }
    // As the compiler writes them the RRsets of a node stand one behind the other: one run.
    for (const sets = image.rrsetsAt(node); this.#set < sets; this.#set++) {
      const following = image.rrsetAt(node, this.#set);
      if (following === this.#soa || image.rrsetData(following) !== this.#end) return;
      this.#end += image.rrsetDataLength(following) + image.rrsetSigLength(following);
    }
  }

  #advanceList(): void {
    const image = this.#image;
    const chain = this.#phase === Phase.Nsec3;
    const count = chain ? (image.nsec3?.count ?? 0) : image.words[Header.SpareCount]!;
    if (this.#index >= count) {
      this.#phase = chain ? Phase.Spare : Phase.Last;
      this.#index = 0;
      return;
    }
    const index = this.#index++;
    if (chain) {
      const entry = image.nsec3At(index);
      this.ownerAt = image.nsec3Name(entry);
      this.ownerLength = image.nsec3NameLength(entry);
      this.#take(image.nsec3RRset(entry));
      return;
    }
    const entry = image.words[Header.SpareList]! + SpareWord.Size * index;
    this.ownerAt = image.words[entry + SpareWord.Name]!;
    this.ownerLength = image.words[entry + SpareWord.NameLength]!;
    this.#take(image.words[entry + SpareWord.RRset]!);
  }

  #ownedBy(node: number): void {
    this.ownerAt = this.#image.nodeNameAt(node);
    this.ownerLength = this.#image.nodeNameLength(node);
  }

  #take(ref: number): void {
    const image = this.#image;
    this.#at = image.rrsetData(ref);
    this.#end = this.#at + image.rrsetDataLength(ref) + image.rrsetSigLength(ref);
  }
}

/** What the primary of the transfer rows serves beside the million names, and how it changes: signed as it changes, each change kept. */
import { RRType } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";
import { BENCH_APEX } from "../zone.ts";
import { APEX, nsecRdata, rdataOf, type SigningPen, sortedNames, wireName } from "./records.ts";

const CHANGED = wireName(`change.${BENCH_APEX}`);
const NS1 = wireName(`ns1.${BENCH_APEX}`);
const TTL = 300;

type Set = { readonly owner: Uint8Array; readonly type: number; readonly ttl: number; readonly rdata: Uint8Array };
type SignedSet = Set & { readonly signature: Uint8Array };

/** Keeps: `changes` lead from serial 1 to `serial`, and what `head` and `tail` say is the state after them. */
export class ZoneState {
  serial = 1;
  readonly changes: ZoneChange[] = [];
  readonly #pen: SigningPen;
  #soa: SignedSet;
  #text: SignedSet;
  /** Of `change.`: what comes behind it changes when names are added. */
  #link: SignedSet;
  readonly #fixed: readonly SignedSet[];
  readonly #last: readonly SignedSet[];
  readonly #keys: readonly Uint8Array[];
  readonly #keySignature: Uint8Array;
  readonly #first: Uint8Array;
  #added: RecordBatch | undefined;

  constructor(pen: SigningPen, names: number) {
    this.#pen = pen;
    this.#first = wireName(sortedNames(names)[0]!);
    this.#soa = this.#makeSoa();
    this.#text = this.#set(CHANGED, RRType.TXT, rdataOf(RRType.TXT, ["first"]));
    this.#link = this.#makeLink(this.#first);
    this.#keys = pen.dnskeys;
    this.#keySignature = pen.sign({ owner: APEX, type: RRType.DNSKEY, ttl: TTL, rdatas: this.#keys });
    const apexTypes = [RRType.NS, RRType.SOA, RRType.RRSIG, RRType.NSEC, RRType.DNSKEY];
    this.#fixed = [this.#set(APEX, RRType.NS, NS1), this.#set(APEX, RRType.NSEC, nsecRdata(CHANGED, apexTypes))];
    this.#last = [
      this.#set(NS1, RRType.A, Uint8Array.of(192, 0, 2, 1)),
      this.#set(NS1, RRType.NSEC, nsecRdata(APEX, [RRType.A, RRType.RRSIG, RRType.NSEC])),
    ];
  }

  get soa(): Set {
    return this.#soa;
  }

  /** SOA and RRSIG, as an answer with DO has them. */
  get soaRecords(): readonly Set[] {
    return [this.#soa, signatureOf(this.#soa)];
  }

  /** What comes in front of the names, the opening SOA first. */
  head(): Uint8Array {
    const batch = new RecordBatch();
    write(batch, this.#soa);
    for (const set of this.#fixed) write(batch, set);
    for (const rdata of this.#keys) append(batch, { owner: APEX, type: RRType.DNSKEY, ttl: TTL, rdata });
    append(batch, { owner: APEX, type: RRType.RRSIG, ttl: TTL, rdata: this.#keySignature });
    for (const set of [this.#text, this.#link]) write(batch, set);
    if (this.#added) for (const { owner, type, ttl, rdata } of this.#added) append(batch, { owner, type, ttl, rdata });
    return batch.octets;
  }

  /** What comes behind them, the closing SOA last. */
  tail(): Uint8Array {
    const batch = new RecordBatch();
    for (const set of this.#last) write(batch, set);
    append(batch, this.#soa);
    return batch.octets;
  }

  /** One TXT record becomes another. */
  change(text: string): void {
    this.#step((gone, come) => {
      write(gone, this.#text);
      this.#text = this.#set(CHANGED, RRType.TXT, rdataOf(RRType.TXT, [text]));
      write(come, this.#text);
    });
  }

  /** `count` new names with an A each, once. */
  addNames(count: number): void {
    if (this.#added) throw new Error("names are added once");
    const owners = Array.from({ length: count }, (_, i) => wireName(`e${String(i).padStart(7, "0")}.${BENCH_APEX}`));
    this.#step((gone, come) => {
      write(gone, this.#link);
      this.#link = this.#makeLink(owners[0]!);
      write(come, this.#link);
      const added = new RecordBatch();
      for (const [i, owner] of owners.entries()) {
        const next = owners[i + 1] ?? this.#first;
        write(added, this.#set(owner, RRType.A, Uint8Array.of(10, 0, i >> 8, i)));
        write(added, this.#set(owner, RRType.NSEC, nsecRdata(next, [RRType.A, RRType.RRSIG, RRType.NSEC])));
      }
      for (const { owner, type, ttl, rdata } of added) append(come, { owner, type, ttl, rdata });
      this.#added = added;
    });
  }

  #step(work: (gone: RecordBatch, come: RecordBatch) => void): void {
    const [gone, come] = [new RecordBatch(), new RecordBatch()];
    write(gone, this.#soa);
    this.serial++;
    this.#soa = this.#makeSoa();
    write(come, this.#soa);
    work(gone, come);
    this.changes.push(new ZoneChange(gone, come));
  }

  #makeSoa(): SignedSet {
    const tokens = [
      `ns1.${BENCH_APEX}`,
      `hostmaster.${BENCH_APEX}`,
      String(this.serial),
      "3600",
      "600",
      "604800",
      "300",
    ];
    return this.#set(APEX, RRType.SOA, rdataOf(RRType.SOA, tokens));
  }

  #makeLink(next: Uint8Array): SignedSet {
    return this.#set(CHANGED, RRType.NSEC, nsecRdata(next, [RRType.TXT, RRType.RRSIG, RRType.NSEC]));
  }

  #set(owner: Uint8Array, type: number, rdata: Uint8Array): SignedSet {
    const signature = this.#pen.sign({ owner, type, ttl: TTL, rdatas: [rdata] });
    return { owner, type, ttl: TTL, rdata, signature };
  }
}

function signatureOf({ owner, ttl, signature }: SignedSet): Set {
  return { owner, type: RRType.RRSIG, ttl, rdata: signature };
}

function write(batch: RecordBatch, set: SignedSet): void {
  append(batch, set);
  append(batch, signatureOf(set));
}

function append(batch: RecordBatch, { owner, type, ttl, rdata }: Set): void {
  batch.append(owner, owner.length, type, ttl, rdata, rdata.length);
}

/**
 * Both ends of the records: the sender's book writes them into packs and knows which buffers are in use, the receiver's finds
 * a record by its ref.
 *
 *   ref = number of the pack · 2^17 + place in it in units of 8 octets: a small integer in every thread
 */
import { PackWriter } from "#image";
import type { Publication } from "./publication.ts";
import { RecordReader, writeRecord } from "./record.ts";

const UNIT_OCTETS = 8;
/** A pack of 1 MiB has so many units. */
const UNITS = 2 ** 17;
/** 16 GiB of records at the same time; a record is some hundred octets. */
const MAX_PACKS = 2 ** 14;
/** Records of replaced publications that are worth a new writing of all. */
const WASTE_OCTETS = 1024 * 1024;

/** A buffer that refs or records name, and its number. */
export type NumberedBuffer = { readonly number: number; readonly buffer: SharedArrayBuffer };

/** What has to be known before records can be read, and what no record names any more. */
export type BufferNews = {
  readonly packs: readonly NumberedBuffer[];
  readonly data: readonly NumberedBuffer[];
  readonly gonePacks: readonly number[];
  readonly goneData: readonly number[];
};

type Used = NumberedBuffer & { uses: number };
type Pack = NumberedBuffer & { readonly reader: RecordReader };

/** Keeps: each buffer that a live record names has one number; numbers of packs are used again when all have let go. */
export class RecordBook {
  readonly #records = new Map<number, Pack>();
  readonly #packOf = new Map<SharedArrayBuffer, Pack>();
  readonly #data = new Map<SharedArrayBuffer, Used>();
  readonly #dataByNumber = new Map<number, Used>();
  #writer = new PackWriter(UNITS * UNIT_OCTETS);
  #liveOctets = 0;
  #lastData = 0;
  #news = emptyNews();
  #letGoOf: SharedArrayBuffer[] = [];

  /** Writes the record; its ref. */
  put(publication: Publication): number {
    const octets = writeRecord(publication, (buffer) => this.#use(buffer));
    return this.#keep(octets);
  }

  /** The record is replaced or its zone gone. */
  drop(ref: number): void {
    const { reader } = this.#pack(ref);
    const at = placeOf(ref);
    this.#liveOctets -= sizeOf(reader.recordOctets(at));
    for (const number of reader.buffers(at)) this.#letGo(number);
  }

  generation(ref: number): number {
    return this.#pack(ref).reader.generation(placeOf(ref));
  }

  apex(ref: number): Uint8Array {
    return this.#pack(ref).reader.apex(placeOf(ref));
  }

  /** More than half of what was written is waste. */
  get isWasteful(): boolean {
    return this.#writer.givenOctets > 2 * this.#liveOctets + WASTE_OCTETS;
  }

  /** All records written anew, without waste: the new ref of each. The old refs go with what `news` says next. */
  rewrite(refs: Iterable<[string, number]>): Map<string, number> {
    const old = [...this.#records.values()];
    this.#writer = new PackWriter(UNITS * UNIT_OCTETS);
    this.#liveOctets = 0;
    const made = new Map<string, number>();
    for (const [zoneId, ref] of refs) made.set(zoneId, this.#keep(this.#pack(ref).reader.record(placeOf(ref))));
    for (const { number, buffer } of old) {
      this.#records.delete(number);
      this.#packOf.delete(buffer);
      this.#letGoOf.push(buffer);
      this.#news.gonePacks.push(number);
    }
    return made;
  }

  /** Since the last call. What is gone is told behind the records that replace it. */
  takeNews(): BufferNews {
    const news = this.#news;
    this.#news = emptyNews();
    return news;
  }

  /** Buffers that no record names any more, since the last call. */
  takeLetGo(): readonly SharedArrayBuffer[] {
    const buffers = this.#letGoOf;
    this.#letGoOf = [];
    return buffers;
  }

  /** Everything, for somebody who begins. */
  all(): BufferNews {
    const plain = ({ number, buffer }: NumberedBuffer) => ({ number, buffer });
    const packs = [...this.#records.values()].map(plain);
    return { packs, data: [...this.#data.values()].map(plain), gonePacks: [], goneData: [] };
  }

  #keep(octets: Uint8Array): number {
    const part = this.#writer.put(octets);
    this.#liveOctets += sizeOf(octets.length);
    const pack = this.#packOf.get(part.buffer) ?? this.#newPack(part.buffer);
    return pack.number * UNITS + part.byteOffset / UNIT_OCTETS;
  }

  #newPack(buffer: SharedArrayBuffer): Pack {
    let number = 1;
    while (this.#records.has(number) || this.#news.gonePacks.includes(number)) number++;
    if (number >= MAX_PACKS) throw new Error("too many records");
    const pack = { number, buffer, reader: new RecordReader(buffer) };
    this.#records.set(number, pack);
    this.#packOf.set(buffer, pack);
    this.#news.packs.push({ number, buffer });
    return pack;
  }

  #pack(ref: number): Pack {
    const pack = this.#records.get(Math.floor(ref / UNITS));
    if (!pack) throw new Error(`no record ${ref}`);
    return pack;
  }

  #use(buffer: SharedArrayBuffer): number {
    const known = this.#data.get(buffer);
    if (known) {
      known.uses++;
      return known.number;
    }
    const used = { number: ++this.#lastData, buffer, uses: 1 };
    this.#data.set(buffer, used);
    this.#dataByNumber.set(used.number, used);
    this.#news.data.push({ number: used.number, buffer });
    return used.number;
  }

  #letGo(number: number): void {
    const used = this.#dataByNumber.get(number);
    if (!used || --used.uses > 0) return;
    this.#data.delete(used.buffer);
    this.#dataByNumber.delete(number);
    this.#news.goneData.push(number);
    this.#letGoOf.push(used.buffer);
  }
}

/** The receiver's end. Keeps: the buffers that records may name. */
export class RecordShelf {
  readonly #packs = new Map<number, RecordReader>();
  readonly #data = new Map<number, SharedArrayBuffer>();

  /** Before the records that come with it. */
  learn({ packs, data }: BufferNews): void {
    for (const { number, buffer } of packs) this.#packs.set(number, new RecordReader(buffer));
    for (const { number, buffer } of data) this.#data.set(number, buffer);
  }

  /** Behind the records that came with it. */
  forget({ gonePacks, goneData }: BufferNews): void {
    for (const number of gonePacks) this.#packs.delete(number);
    for (const number of goneData) this.#data.delete(number);
  }

  /** Octets of the buffers that will be forgotten: what may be given back. */
  octetsOf({ gonePacks, goneData }: BufferNews): number {
    let octets = 0;
    for (const number of gonePacks) octets += this.#packs.get(number)?.octets.length ?? 0;
    for (const number of goneData) octets += this.#data.get(number)?.byteLength ?? 0;
    return octets;
  }

  has(ref: number): boolean {
    return this.#packs.has(Math.floor(ref / UNITS));
  }

  reader(ref: number): RecordReader {
    const reader = this.#packs.get(Math.floor(ref / UNITS));
    if (!reader) throw new Error(`no record ${ref}`);
    return reader;
  }

  placeOf(ref: number): number {
    return placeOf(ref);
  }

  read(ref: number): Publication {
    return this.reader(ref).read(placeOf(ref), (number) => {
      const buffer = this.#data.get(number);
      if (!buffer) throw new Error(`a record names buffer ${number}, which is not here`);
      return buffer;
    });
  }

  /** Whether two records say the same: one was only written anew elsewhere. */
  same(one: number, other: number): boolean {
    const [a, b] = [this.reader(one).record(placeOf(one)), this.reader(other).record(placeOf(other))];
    return a.length === b.length && a.every((octet, i) => octet === b[i]);
  }
}

function placeOf(ref: number): number {
  return (ref % UNITS) * UNIT_OCTETS;
}

/** With what it is filled up by. */
function sizeOf(octets: number): number {
  return octets + (-octets & (UNIT_OCTETS - 1));
}

function emptyNews() {
  return {
    packs: [] as NumberedBuffer[],
    data: [] as NumberedBuffer[],
    gonePacks: [] as number[],
    goneData: [] as number[],
  };
}

/**
 * A publication as octets in shared memory. Tens of thousands of zones reach every worker without an object for each: what
 * crosses the seam is where their records stand, and a worker opens a zone when it is first asked for.
 *
 * ```
 *  words   what it is │ generation │ hash of the apex │ lengths │ image: buffer, place, octets, root │ expiry: buffer, slot │
 *          signature table: buffer, place, octets │ ZSK: tag, algorithm, key's length │ apex RRsets │ period
 *  octets  apex │ zone id │ private key │ apex RRsets: type, TTL, numbers of RRs and signatures, each with its length
 * ```
 * Buffers are named by numbers that sender and receivers agree on, as octets can't hold a reference. Words in host order: a
 * record never leaves the process.
 */
import { backingOf, type ImageBuffer, isPacked } from "#image";
import { nameHash } from "#name";
import type { Publication, PublishedRRset, PublishedSigning } from "./publication.ts";

export const RECORD_VERSION = 1;

const Word = {
  /** Version, state, denial, algorithm of the ZSK: an octet each. */
  Kind: 0,
  Generation: 1,
  ApexHash: 2,
  /** Of the apex, of the zone's id, of the private key: 8, 8 and 16 bits. */
  Lengths: 3,
  Image: 4,
  ImageAt: 5,
  ImageOctets: 6,
  ImageRoot: 7,
  Expiry: 8,
  ExpirySlot: 9,
  Table: 10,
  TableAt: 11,
  TableOctets: 12,
  /** Tag and number of apex RRsets: 16 bits each. */
  Zsk: 13,
  PeriodLength: 14,
  PeriodBackdate: 15,
  PeriodValidity: 16,
  /** Octets of the whole record. */
  Octets: 17,
  Size: 18,
} as const;

const STATES = ["serving", "not-ready", "expired"] as const;
/** 0: nothing is signed here. */
const DENIALS = [undefined, "compact", "nsec3", "chain"] as const;

/** The number of a buffer. */
export type NumberOf = (buffer: SharedArrayBuffer) => number;
export type BufferOf = (number: number) => SharedArrayBuffer;

/** Octets of the record; numbers are asked for once for each buffer that it names. */
export function writeRecord(publication: Publication, numberOf: NumberOf): Uint8Array {
  const { zoneId, apex, signing } = publication;
  const id = Buffer.from(zoneId, "latin1");
  const key = signing?.zsk.privateKey ?? new Uint8Array(0);
  const sets = signing?.apexRRsets ?? [];
  const head = 4 * Word.Size;
  const octets = new Uint8Array(head + apex.length + id.length + key.length + octetsOfSets(sets));
  const words = new Uint32Array(octets.buffer, 0, Word.Size);
  words[Word.Octets] = octets.length;
  words[Word.Generation] = publication.generation;
  words[Word.ApexHash] = nameHash(apex) >>> 0;
  words[Word.Lengths] = apex.length | (id.length << 8) | (key.length << 16);
  writeKind(words, publication);
  writePlace(words, Word.Image, publication.image, numberOf);
  words[Word.ImageRoot] = publication.imageRoot ?? 0;
  const { expiry } = publication;
  if (expiry) {
    words[Word.Expiry] = numberOf(expiry.board);
    words[Word.ExpirySlot] = expiry.slot;
  }
  octets.set(apex, head);
  octets.set(id, head + apex.length);
  if (!signing) return octets;
  writePlace(words, Word.Table, signing.signatureTable, numberOf);
  words[Word.Zsk] = signing.zsk.keyTag | (sets.length << 16);
  words[Word.PeriodLength] = signing.period?.lengthSeconds ?? 0;
  words[Word.PeriodBackdate] = signing.period?.backdateSeconds ?? 0;
  words[Word.PeriodValidity] = signing.period?.validitySeconds ?? 0;
  const keyAt = head + apex.length + id.length;
  octets.set(key, keyAt);
  writeSets(octets, keyAt + key.length, sets);
  return octets;
}

/** Reads records of one pack, each by the octet offset where it stands. */
export class RecordReader {
  readonly octets: Uint8Array;
  private readonly words: Uint32Array;

  constructor(pack: SharedArrayBuffer) {
    this.octets = new Uint8Array(pack);
    this.words = new Uint32Array(pack, 0, Math.floor(pack.byteLength / 4));
  }

  generation(at: number): number {
    return this.words[at / 4 + Word.Generation]!;
  }

  apexHash(at: number): number {
    return this.words[at / 4 + Word.ApexHash]! | 0;
  }

  apexLength(at: number): number {
    return this.words[at / 4 + Word.Lengths]! & 0xff;
  }

  apexAt(at: number): number {
    return at + 4 * Word.Size;
  }

  apex(at: number): Uint8Array {
    const start = this.apexAt(at);
    return this.octets.slice(start, start + this.apexLength(at));
  }

  zoneId(at: number): string {
    const start = this.apexAt(at) + this.apexLength(at);
    const length = (this.words[at / 4 + Word.Lengths]! >>> 8) & 0xff;
    return Buffer.from(this.octets.buffer, start, length).toString("latin1");
  }

  /** As long as the pack is there. */
  record(at: number): Uint8Array {
    return this.octets.subarray(at, at + this.recordOctets(at));
  }

  recordOctets(at: number): number {
    return this.words[at / 4 + Word.Octets]!;
  }

  isSigned(at: number): boolean {
    return ((this.words[at / 4 + Word.Kind]! >>> 16) & 0xff) !== 0;
  }

  /** Numbers of the buffers that the record names. */
  buffers(at: number): number[] {
    const start = at / 4;
    return [Word.Image, Word.Expiry, Word.Table].map((word) => this.words[start + word]!).filter((n) => n !== 0);
  }

  read(at: number, bufferOf: BufferOf): Publication {
    const words = this.words.subarray(at / 4, at / 4 + Word.Size);
    const kind = words[Word.Kind]!;
    if ((kind & 0xff) !== RECORD_VERSION) throw new Error(`a record of version ${kind & 0xff}`);
    const image = readPlace(words, Word.Image, bufferOf);
    const imageRoot = words[Word.ImageRoot]!;
    const board = words[Word.Expiry]!;
    const signing = this.isSigned(at) ? this.signing(at, words, bufferOf) : undefined;
    return {
      zoneId: this.zoneId(at),
      generation: words[Word.Generation]!,
      apex: this.apex(at),
      state: STATES[(kind >>> 8) & 0xff]!,
      ...(image && { image }),
      ...(imageRoot !== 0 && { imageRoot }),
      ...(board !== 0 && { expiry: { board: bufferOf(board), slot: words[Word.ExpirySlot]! } }),
      ...(signing && { signing }),
    };
  }

  private signing(at: number, words: Uint32Array, bufferOf: BufferOf): PublishedSigning {
    const lengths = words[Word.Lengths]!;
    const keyAt = this.apexAt(at) + (lengths & 0xff) + ((lengths >>> 8) & 0xff);
    const setsAt = keyAt + (lengths >>> 16);
    // A copy, as the pack goes when records are written anew, and read when somebody asks for one of them.
    const sets = this.octets.slice(setsAt, at + words[Word.Octets]!);
    const count = words[Word.Zsk]! >>> 16;
    const lengthSeconds = words[Word.PeriodLength]!;
    const period = {
      lengthSeconds,
      backdateSeconds: words[Word.PeriodBackdate]!,
      validitySeconds: words[Word.PeriodValidity]!,
    };
    return {
      denial: DENIALS[(words[Word.Kind]! >>> 16) & 0xff] ?? "compact",
      zsk: {
        keyTag: words[Word.Zsk]! & 0xffff,
        algorithm: words[Word.Kind]! >>> 24,
        privateKey: this.octets.slice(keyAt, setsAt),
      },
      get apexRRsets() {
        return readSets(sets, 0, count);
      },
      signatureTable: readPlace(words, Word.Table, bufferOf)!,
      ...(lengthSeconds !== 0 && { period }),
    };
  }
}

function writeKind(words: Uint32Array, { state, signing }: Publication): void {
  const denial = DENIALS.indexOf(signing?.denial);
  const algorithm = signing?.zsk.algorithm ?? 0;
  words[Word.Kind] = (RECORD_VERSION | (STATES.indexOf(state) << 8) | (denial << 16) | (algorithm << 24)) >>> 0;
}

function writePlace(words: Uint32Array, word: number, place: ImageBuffer | undefined, numberOf: NumberOf): void {
  if (!place) return;
  words[word] = numberOf(backingOf(place));
  words[word + 1] = isPacked(place) ? place.byteOffset : 0;
  words[word + 2] = place.byteLength;
}

function readPlace(words: Uint32Array, word: number, bufferOf: BufferOf): ImageBuffer | undefined {
  const number = words[word]!;
  if (number === 0) return undefined;
  const buffer = bufferOf(number);
  const [byteOffset, byteLength] = [words[word + 1]!, words[word + 2]!];
  return byteOffset === 0 && byteLength === buffer.byteLength ? buffer : { buffer, byteOffset, byteLength };
}

const SET_HEAD = 10;

function octetsOfSets(sets: readonly PublishedRRset[]): number {
  let octets = 0;
  for (const { rdatas, signatures } of sets) {
    octets += SET_HEAD;
    for (const rdata of rdatas) octets += 2 + rdata.length;
    for (const rdata of signatures) octets += 2 + rdata.length;
  }
  return octets;
}

function writeSets(octets: Uint8Array, start: number, sets: readonly PublishedRRset[]): void {
  const view = new DataView(octets.buffer);
  let at = start;
  for (const { type, ttl, rdatas, signatures } of sets) {
    view.setUint16(at, type);
    view.setUint32(at + 2, ttl);
    view.setUint16(at + 6, rdatas.length);
    view.setUint16(at + 8, signatures.length);
    at += SET_HEAD;
    for (const rdata of [...rdatas, ...signatures]) {
      view.setUint16(at, rdata.length);
      octets.set(rdata, at + 2);
      at += 2 + rdata.length;
    }
  }
}

function readSets(octets: Uint8Array, start: number, count: number): PublishedRRset[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  const sets: PublishedRRset[] = [];
  let at = start;
  const take = (): Uint8Array => {
    const length = view.getUint16(at);
    at += 2 + length;
    return octets.slice(at - length, at);
  };
  for (let i = 0; i < count; i++) {
    const [type, ttl] = [view.getUint16(at), view.getUint32(at + 2)];
    const [records, signed] = [view.getUint16(at + 6), view.getUint16(at + 8)];
    at += SET_HEAD;
    const rdatas = Array.from({ length: records }, take);
    sets.push({ type, ttl, rdatas, signatures: Array.from({ length: signed }, take) });
  }
  return sets;
}

/** RRsets as octets, to be kept; their number has to be known to read them. */
export function packRRsets(sets: readonly PublishedRRset[]): Uint8Array {
  const octets = new Uint8Array(octetsOfSets(sets));
  writeSets(octets, 0, sets);
  return octets;
}

/** Trusts the octets to be what `packRRsets` made of so many. */
export function unpackRRsets(octets: Uint8Array, count: number): readonly PublishedRRset[] {
  return readSets(octets, 0, count);
}

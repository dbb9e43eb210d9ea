/**
 * The signature table of a live-signed zone: one slot for each RRset of its image, shared by all workers.
 *
 *   header (16 words) │ slot 0: state word, 64 octets │ slot 1 … │ dirty flags, one octet a chunk of 256 slots
 *
 * The state word is the signature period + 1, 0 for empty, BUSY while somebody writes. ECDSA signatures of one RRset
 * differ from each other, so a reader that overlaps a writer must not mix two: it looks at the state before and after
 * copying (a sequence lock; the state can't come back to the same period, as a slot is written once a period).
 */
import { type ImageBuffer, octetsOf, wordsOf } from "./pack.ts";

export const TABLE_MAGIC = 0x54535343;
export const TABLE_VERSION = 1;
export const SIGNATURE_OCTETS = 64;
/** Slots in a chunk: the unit in which a table is saved. */
export const CHUNK_SLOTS = 256;

const HEADER_WORDS = 16;
const SLOT_WORDS = 17;
const BUSY = 0x7fff_ffff;

const TableHeader = { Magic: 0, Version: 1, Slots: 2, KeyTag: 3, ImageChecksum: 4 } as const;

export class SignatureTable {
  readonly buffer: ImageBuffer;
  readonly slots: number;
  readonly keyTag: number;
  /** Checksum of the image that the slots belong to. */
  readonly imageChecksum: number;
  private readonly words: Int32Array;
  private readonly octets: Uint8Array;
  private readonly dirtyAt: number;

  private constructor(buffer: ImageBuffer, words: Int32Array) {
    this.buffer = buffer;
    this.words = words;
    this.octets = octetsOf(buffer);
    this.slots = this.words[TableHeader.Slots]!;
    this.keyTag = this.words[TableHeader.KeyTag]!;
    this.imageChecksum = this.words[TableHeader.ImageChecksum]! >>> 0;
    this.dirtyAt = 4 * (HEADER_WORDS + SLOT_WORDS * this.slots);
  }

  /** Octets of a table with so many slots. */
  static octets(slots: number): number {
    const chunks = Math.ceil(slots / CHUNK_SLOTS);
    return Math.ceil((4 * (HEADER_WORDS + SLOT_WORDS * slots) + chunks) / 4) * 4;
  }

  /**
   * An empty table, in a buffer of its own (the kernel gives its pages only when they are written) or in the room that is
   * handed in, which is all zeros.
   */
  static create(slots: number, keyTag: number, imageChecksum: number, room?: ImageBuffer): SignatureTable {
    const buffer = room ?? new SharedArrayBuffer(SignatureTable.octets(slots));
    const words = signedWordsOf(buffer);
    words[TableHeader.Magic] = TABLE_MAGIC;
    words[TableHeader.Version] = TABLE_VERSION;
    words[TableHeader.Slots] = slots;
    words[TableHeader.KeyTag] = keyTag;
    words[TableHeader.ImageChecksum] = imageChecksum | 0;
    return new SignatureTable(buffer, words);
  }

  /** Undefined when the octets are no table of this version. */
  static open(buffer: ImageBuffer): SignatureTable | undefined {
    if (buffer.byteLength < 4 * HEADER_WORDS || buffer.byteLength % 4 !== 0) return undefined;
    const words = signedWordsOf(buffer);
    const slots = words[TableHeader.Slots]!;
    if (words[TableHeader.Magic] !== TABLE_MAGIC || words[TableHeader.Version] !== TABLE_VERSION || slots < 0)
      return undefined;
    if (buffer.byteLength < 4 * (HEADER_WORDS + SLOT_WORDS * slots) + Math.ceil(slots / CHUNK_SLOTS)) return undefined;
    return new SignatureTable(buffer, words);
  }

  /** Copies the signature of `slot` into `out` when it was made for `period`; false when there is none. */
  read(slot: number, period: number, out: Uint8Array, outAt: number): boolean {
    const at = HEADER_WORDS + SLOT_WORDS * slot;
    const state = Atomics.load(this.words, at);
    if (state !== period + 1) return false;
    // A word read and four octets written cost less than four octets read and written; `out` need not be aligned.
    for (let word = 0, to = outAt; word < SIGNATURE_OCTETS / 4; word++, to += 4) {
      const four = this.words[at + 1 + word]!;
      out[to] = four;
      out[to + 1] = four >>> 8;
      out[to + 2] = four >>> 16;
      out[to + 3] = four >>> 24;
    }
    return Atomics.load(this.words, at) === state;
  }

  /** Keeps a signature; nothing happens when another worker is writing the slot or has written this period. */
  write(slot: number, period: number, signature: Uint8Array, signatureAt: number): void {
    const at = HEADER_WORDS + SLOT_WORDS * slot;
    const state = Atomics.load(this.words, at);
    if (state === BUSY || state === period + 1) return;
    if (Atomics.compareExchange(this.words, at, state, BUSY) !== state) return;
    const start = 4 * (at + 1);
    for (let i = 0; i < SIGNATURE_OCTETS; i++) this.octets[start + i] = signature[signatureAt + i]!;
    Atomics.store(this.words, at, period + 1);
    this.octets[this.dirtyAt + Math.floor(slot / CHUNK_SLOTS)] = 1;
  }

  /** The period that the slot's signature was made for, or -1. */
  periodOf(slot: number): number {
    const state = Atomics.load(this.words, HEADER_WORDS + SLOT_WORDS * slot);
    return state === BUSY ? -1 : state - 1;
  }

  get chunks(): number {
    return Math.ceil(this.slots / CHUNK_SLOTS);
  }

  /** True once after each write into the chunk: clears its flag, which the saver has to do before it copies the chunk. */
  takeDirty(chunk: number): boolean {
    return Atomics.exchange(this.octets, this.dirtyAt + chunk, 0) === 1;
  }

  /** The octets of a chunk, for saving and loading. */
  chunkOctets(chunk: number): Uint8Array {
    const first = chunk * CHUNK_SLOTS;
    const last = Math.min(this.slots, first + CHUNK_SLOTS);
    return this.octets.subarray(4 * (HEADER_WORDS + SLOT_WORDS * first), 4 * (HEADER_WORDS + SLOT_WORDS * last));
  }

  /** Not against concurrent users of `this`. */
  empty(slot: number): void {
    this.words[HEADER_WORDS + SLOT_WORDS * slot] = 0;
  }

  /** Copies one slot from another table, when it holds a signature. Not against concurrent writers of `this`. */
  carry(slot: number, from: SignatureTable, fromSlot: number): boolean {
    const period = from.periodOf(fromSlot);
    if (period < 0) return false;
    const start = 4 * (HEADER_WORDS + SLOT_WORDS * slot + 1);
    if (!from.read(fromSlot, period, this.octets, start)) return false;
    Atomics.store(this.words, HEADER_WORDS + SLOT_WORDS * slot, period + 1);
    this.octets[this.dirtyAt + Math.floor(slot / CHUNK_SLOTS)] = 1;
    return true;
  }
}

/** The chunks of a table in a pack, for saving: without a view of its own, as there are tens of thousands. */
export class TableChunks {
  readonly chunks: number;
  /** Of the whole pack. */
  private readonly octets: Uint8Array;
  private readonly at: number;
  private readonly slots: number;

  constructor(octets: Uint8Array, at: number, slots: number) {
    this.octets = octets;
    this.at = at;
    this.slots = slots;
    this.chunks = Math.ceil(slots / CHUNK_SLOTS);
  }

  takeDirty(chunk: number): boolean {
    return Atomics.exchange(this.octets, this.at + slotAt(this.slots) + chunk, 0) === 1;
  }

  chunkOctets(chunk: number): Uint8Array {
    const first = chunk * CHUNK_SLOTS;
    const last = Math.min(this.slots, first + CHUNK_SLOTS);
    return this.octets.subarray(this.at + slotAt(first), this.at + slotAt(last));
  }
}

function slotAt(slot: number): number {
  return 4 * (HEADER_WORDS + SLOT_WORDS * slot);
}

function signedWordsOf(buffer: ImageBuffer): Int32Array {
  const { buffer: backing, byteOffset, length } = wordsOf(buffer);
  return new Int32Array(backing, byteOffset, length);
}

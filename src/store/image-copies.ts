/**
 * Copies of small images, together in one file: a start with tens of thousands of zones reads some megabytes in a row in place of
 * as many files, each of which costs a disk a visit and the system three calls.
 *
 *   CSCOPIES │ format │ octets of the index │ CRC-32 of format and index ‖ index ‖ block │ block │ …
 *   a line of the index: zone id `/` name of the image, place in the blocks, octets, CRC-32 of these
 *
 * A copy and nothing more: rows say which image a zone has, what has a name never changes, and each image has its own file as ever.
 * What is missing in here, damaged or of another format is read from that. So the file is never synced, and may be taken away.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";

const MAGIC = "CSCOPIES";
const FORMAT = 1;
const HEAD_OCTETS = MAGIC.length + 12;

/** No image is on two blocks: each is one buffer in memory, as a pack is. */
const BLOCK_OCTETS = 1024 * 1024;
/** Of the index: half a million images. More are read from their files. */
const MAX_INDEX_OCTETS = 64 * 1024 * 1024;

/** Of at most a block. */
export type ImageCopy = { readonly zoneId: string; readonly name: string; readonly octets: Uint8Array };

/** Where a copy stands in memory, as images in packs do. */
export type CopyPlace = {
  readonly buffer: SharedArrayBuffer;
  readonly byteOffset: number;
  readonly byteLength: number;
};

/** Keeps: a block is read when something in it is first asked for, and once; of the file, until `close`. */
export class ImageCopies {
  readonly #file: number;
  readonly #lines: ReadonlyMap<string, string>;
  readonly #from: number;
  readonly #blocks = new Map<number, SharedArrayBuffer | undefined>();

  constructor(file: number, lines: ReadonlyMap<string, string>, from: number) {
    this.#file = file;
    this.#lines = lines;
    this.#from = from;
  }

  get size(): number {
    return this.#lines.size;
  }

  /** Undefined: it is not here as it was written, or has another size. */
  find(zoneId: string, name: string, octets: number): CopyPlace | undefined {
    const line = this.#lines.get(`${zoneId}/${name}`);
    if (line === undefined) return undefined;
    const [place, length, crc] = line.split(" ").map(Number) as [number, number, number];
    const byteOffset = place % BLOCK_OCTETS;
    if (length !== octets || byteOffset + length > BLOCK_OCTETS) return undefined;
    const buffer = this.#block(Math.floor(place / BLOCK_OCTETS));
    // Never synced: after a power cut a block may be anything, octets of another image of former times too.
    if (!buffer || crc32(new Uint8Array(buffer, byteOffset, length)) !== crc) return undefined;
    // As small integers, which cost nothing beside their object: tens of thousands of these stay.
    return { buffer, byteOffset: byteOffset | 0, byteLength: length | 0 };
  }

  close(): void {
    closeSync(this.#file);
  }

  #block(number: number): SharedArrayBuffer | undefined {
    if (this.#blocks.has(number)) return this.#blocks.get(number);
    const block = new SharedArrayBuffer(BLOCK_OCTETS);
    let read = 0;
    try {
      read = readSync(this.#file, new Uint8Array(block), 0, BLOCK_OCTETS, this.#from + number * BLOCK_OCTETS);
    } catch {
      // A bad disk: the image's own file is asked, and whatever is wrong with that is told.
      read = 0;
    }
    const there = read > 0 ? block : undefined;
    this.#blocks.set(number, there);
    return there;
  }
}

/** Undefined: there are none, or none that can be used. */
export function openImageCopies(path: string): ImageCopies | undefined {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch {
    // Missing, as a rule.
    return undefined;
  }
  let opened: ImageCopies | undefined;
  try {
    opened = readIndex(file);
  } catch {
    opened = undefined;
  }
  if (!opened) closeSync(file);
  return opened;
}

function readIndex(file: number): ImageCopies | undefined {
  const head = Buffer.alloc(HEAD_OCTETS);
  if (readSync(file, head, 0, HEAD_OCTETS, 0) < HEAD_OCTETS) return undefined;
  const [format, octets, crc] = [0, 4, 8].map((at) => head.readUInt32LE(MAGIC.length + at)) as [number, number, number];
  if (head.toString("latin1", 0, MAGIC.length) !== MAGIC || format !== FORMAT) return undefined;
  if (octets > MAX_INDEX_OCTETS) return undefined;
  const index = Buffer.allocUnsafeSlow(octets);
  if (readSync(file, index, 0, octets, HEAD_OCTETS) < octets || crcOf(index) !== crc) return undefined;
  const lines = new Map<string, string>();
  for (const line of index.toString("latin1").split("\n")) {
    const end = line.indexOf(" ");
    if (end > 0) lines.set(line.slice(0, end), line.slice(end + 1));
  }
  return new ImageCopies(file, lines, HEAD_OCTETS + octets);
}

/**
 * Writes all of them, aside and then in place of those before; false when `isOver` said so in between, or there are more than an
 * index holds. The octets must not change meanwhile.
 */
export async function writeImageCopies(
  path: string,
  copies: readonly ImageCopy[],
  isOver: () => boolean,
): Promise<boolean> {
  const { places, blocks } = layOut(copies);
  const index = Buffer.from(
    copies
      .map(({ zoneId, name, octets }, i) => `${zoneId}/${name} ${places[i]} ${octets.length} ${crc32(octets)}\n`)
      .join(""),
    "latin1",
  );
  if (index.length > MAX_INDEX_OCTETS) return false;
  const aside = `${path}.new`;
  const file = await open(aside, "w", 0o600);
  let whole = false;
  try {
    await file.write(headOf(index));
    await file.write(index);
    const block = Buffer.alloc(BLOCK_OCTETS);
    for (let number = 0, next = 0; number < blocks && !isOver(); number++) {
      block.fill(0);
      for (; next < copies.length && Math.floor(places[next]! / BLOCK_OCTETS) === number; next++)
        block.set(copies[next]!.octets, places[next]! % BLOCK_OCTETS);
      await file.write(block);
      whole = number === blocks - 1;
    }
  } finally {
    await file.close();
    if (!whole) await rm(aside, { force: true });
  }
  if (whole) await rename(aside, path);
  return whole;
}

function layOut(copies: readonly ImageCopy[]): { places: Float64Array; blocks: number } {
  const places = new Float64Array(copies.length);
  let end = 0;
  for (const [i, { octets }] of copies.entries()) {
    const size = octets.length + (-octets.length & 7);
    if ((end % BLOCK_OCTETS) + size > BLOCK_OCTETS) end += BLOCK_OCTETS - (end % BLOCK_OCTETS);
    places[i] = end;
    end += size;
  }
  return { places, blocks: Math.ceil(end / BLOCK_OCTETS) };
}

function headOf(index: Uint8Array): Buffer {
  const head = Buffer.alloc(HEAD_OCTETS);
  head.write(MAGIC, "latin1");
  for (const [i, word] of [FORMAT, index.length, crcOf(index)].entries())
    head.writeUInt32LE(word, MAGIC.length + 4 * i);
  return head;
}

function crcOf(index: Uint8Array): number {
  return crc32(index, FORMAT);
}

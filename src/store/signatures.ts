/**
 * The file of one signature table: written chunk by chunk as signatures are made, read once at start.
 *
 *   header, 128 octets                                     chunk 0                            chunk 1 …
 *   ┌─────────┬─────────┬────────┬──────────┬──────────┐   ┌─────┬────────┬──────────────┐
 *   │"CSSIGTB1"│ chunks │ chunk  │ identity │ … CRC-32 │   │ CRC │ length │ slots        │
 *   │  8       │  4     │ octets │ len 4+64 │          │   │  4  │  4     │ chunk octets │
 *   └─────────┴─────────┴────────┴──────────┴──────────┘   └─────┴────────┴──────────────┘
 *
 * A chunk's CRC covers the identity, the chunk's number, its length and its slots. So a kill in the middle of a write, a
 * chunk that landed elsewhere and a leftover of another table all show as a bad CRC: that chunk is empty after loading and
 * its signatures are made anew. Never is a wrong signature read. Little-endian.
 */
import { closeSync, existsSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { crc32 } from "node:zlib";
import { StoreError } from "./errors.ts";

/** `SignatureTable` of #image has this form. Each slot is a 32-bit state word and 64 octets; see `copySettledSlots`. */
export interface SavableTable {
  readonly chunks: number;
  /** True once after writes into the chunk. */
  takeDirty(chunk: number): boolean;
  /** A view of the chunk's slots in shared memory, aligned to 4 octets. */
  chunkOctets(chunk: number): Uint8Array;
}

const MAGIC = "CSSIGTB1";
const HEADER_OCTETS = 128;
const IDENTITY_MAX = 64;
const CHUNK_HEADER_OCTETS = 8;
const SLOT_WORDS = 17;
/** State words: 0 is an empty slot, from BUSY on (seen unsigned) somebody is writing. */
const BUSY = 0x7fff_ffff;

export class SignatureFile {
  /** Chunks with signatures that the last run left, for the log. */
  readonly chunksLoaded: number;
  /** Chunks that held something whose CRC was wrong; they are empty now. */
  readonly chunksDropped: number;
  private readonly path: string;
  private readonly identity: Uint8Array;
  private table: SavableTable;
  private readonly identityCrc: number;
  private readonly chunkMax: number;
  /** Made with the first save: most zones of many are never asked for. */
  private made: boolean;
  private saving: Promise<number> | undefined;

  private constructor(path: string, identity: Uint8Array, table: SavableTable, found: Found | undefined) {
    this.path = path;
    // A copy: what is handed in may stand in a pool.
    this.identity = new Uint8Array(identity);
    this.table = table;
    this.identityCrc = crc32(this.header);
    this.chunkMax = chunkOctetsMax(table);
    this.made = found !== undefined;
    this.chunksLoaded = found?.loaded ?? 0;
    this.chunksDropped = found?.dropped ?? 0;
  }

  /** Fills the table, which must be empty and not yet shared, from what is good in the file. No file is kept open. */
  static async open(path: string, identity: Uint8Array, table: SavableTable): Promise<SignatureFile> {
    if (identity.length > IDENTITY_MAX) throw new StoreError("store.name", `identity has ${identity.length} octets`);
    const header = makeHeader(identity, table);
    const file = await openExisting(path, header);
    if (file === undefined) return new SignatureFile(path, identity, table, undefined);
    try {
      return new SignatureFile(path, identity, table, await loadChunks(file, table, crc32(header)));
    } finally {
      await file.close();
    }
  }

  /** The same table stands elsewhere now, with as many slots. */
  moveTo(table: SavableTable): void {
    this.table = table;
  }

  private get header(): Uint8Array {
    return makeHeader(this.identity, this.table);
  }

  /** Writes the chunks that changed since the last save; gives their number. Calls that overlap wait for one another. */
  async save(): Promise<number> {
    while (this.saving !== undefined) await this.saving;
    this.saving = this.saveDirty();
    try {
      return await this.saving;
    } finally {
      this.saving = undefined;
    }
  }

  /** Saves once more. Not synced: with thousands of zones that would take longer than a stop may, and costs signatures alone. */
  async close(): Promise<void> {
    await this.save();
  }

  /**
   * The same without waiting for anything, for a stop: of tens of thousands of files each is written in a fraction of the time.
   * Whatever `save` has begun goes on.
   */
  saveAtOnce(): number {
    const dirty = this.takeDirty();
    if (dirty.length === 0) return 0;
    const file = this.openAtOnce();
    if (file === undefined) return 0;
    try {
      const record = new Uint8Array(CHUNK_HEADER_OCTETS + this.chunkMax);
      for (const chunk of dirty) {
        const length = this.fillRecord(chunk, record);
        checkWritten(writeSync(file, record, 0, length, chunkAt(chunk, this.chunkMax)), length);
      }
      return dirty.length;
    } finally {
      closeSync(file);
    }
  }

  /** What is not saved by now is not saved any more; whether there is anything. */
  giveUp(): boolean {
    return this.takeDirty().length > 0;
  }

  /** Chunks that changed since the last call. */
  private takeDirty(): number[] {
    const dirty: number[] = [];
    // First the flag, then the copy: what is written in between is dirty again and comes with the next save.
    for (let chunk = 0; chunk < this.table.chunks; chunk++) if (this.table.takeDirty(chunk)) dirty.push(chunk);
    return dirty;
  }

  private async saveDirty(): Promise<number> {
    const dirty = this.takeDirty();
    if (dirty.length === 0) return 0;
    const file = await this.openForSaving();
    // Another table has the place by now: this one's zone or version is gone.
    if (file === undefined) return 0;
    try {
      const record = new Uint8Array(CHUNK_HEADER_OCTETS + this.chunkMax);
      for (const chunk of dirty) await this.saveChunk(file, chunk, record);
      return dirty.length;
    } finally {
      await file.close();
    }
  }

  private async openForSaving(): Promise<FileHandle | undefined> {
    if (this.made) return openExisting(this.path, this.header);
    this.made = true;
    try {
      return await createFile(this.path, this.header);
    } catch (error) {
      // Its folder went with the zone.
      if (codeOf(error) === "ENOENT") return undefined;
      this.made = false;
      throw error;
    }
  }

  /** Its own folder and name, or another's by now. */
  private openAtOnce(): number | undefined {
    if (!this.made) return this.createAtOnce();
    const file = openOrMissing(this.path);
    if (file === undefined) return undefined;
    const found = new Uint8Array(HEADER_OCTETS);
    if (readSync(file, found, 0, HEADER_OCTETS, 0) === HEADER_OCTETS && isSameHeader(found, this.header)) return file;
    closeSync(file);
    return undefined;
  }

  private createAtOnce(): number | undefined {
    const aside = `${this.path}.new.aside`;
    rmSync(aside, { force: true });
    let file: number | undefined;
    try {
      file = openSync(aside, "wx+", 0o600);
      writeSync(file, this.header, 0, HEADER_OCTETS, 0);
      renameSync(aside, this.path);
      this.made = true;
      return file;
    } catch (error) {
      if (file !== undefined) closeSync(file);
      // Its folder went with the zone.
      if (codeOf(error) === "ENOENT") return undefined;
      throw error;
    }
  }

  private async saveChunk(file: FileHandle, chunk: number, record: Uint8Array): Promise<void> {
    const length = this.fillRecord(chunk, record);
    const { bytesWritten } = await file.write(record, 0, length, chunkAt(chunk, this.chunkMax));
    checkWritten(bytesWritten, length);
  }

  /** The chunk as it stands in the file; its length. */
  private fillRecord(chunk: number, record: Uint8Array): number {
    const live = this.table.chunkOctets(chunk);
    const copy = record.subarray(CHUNK_HEADER_OCTETS, CHUNK_HEADER_OCTETS + live.length);
    copySettledSlots(live, copy);
    const view = new DataView(record.buffer);
    view.setUint32(0, chunkCrc(this.identityCrc, chunk, copy), true);
    view.setUint32(4, live.length, true);
    return CHUNK_HEADER_OCTETS + live.length;
  }
}

/** A short write (a full disk) leaves a bad CRC, which loading drops. */
function checkWritten(written: number, length: number): void {
  if (written !== length) throw new StoreError("store.damaged", "a signature chunk was written in part");
}

function isSameHeader(found: Uint8Array, header: Uint8Array): boolean {
  return found.every((octet, i) => octet === header[i]);
}

function openOrMissing(path: string): number | undefined {
  try {
    return openSync(path, "r+");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

type Found = { readonly loaded: number; readonly dropped: number };

/**
 * Copies slots of which nobody changed anything meanwhile, and leaves the others empty: workers write while this runs, and
 * half of one signature beside half of another must not get a good CRC. The same sequence lock as the table's readers use.
 */
export function copySettledSlots(from: Uint8Array, to: Uint8Array): void {
  const words = new Int32Array(from.buffer, from.byteOffset, from.length / 4);
  const out = new Uint8Array(to.buffer, to.byteOffset, to.length);
  for (let at = 0; at < words.length; at += SLOT_WORDS) {
    const octetAt = at * 4;
    const state = Atomics.load(words, at);
    const settled = state > 0 && state < BUSY;
    if (settled) out.set(from.subarray(octetAt, octetAt + SLOT_WORDS * 4), octetAt);
    if (!settled || Atomics.load(words, at) !== state) out.fill(0, octetAt, octetAt + SLOT_WORDS * 4);
  }
}

function chunkOctetsMax(table: SavableTable): number {
  return table.chunks === 0 ? 0 : table.chunkOctets(0).length;
}

function chunkAt(chunk: number, chunkMax: number): number {
  return HEADER_OCTETS + chunk * (CHUNK_HEADER_OCTETS + chunkMax);
}

function chunkCrc(identityCrc: number, chunk: number, octets: Uint8Array): number {
  const about = new Uint8Array(8);
  const view = new DataView(about.buffer);
  view.setUint32(0, chunk, true);
  view.setUint32(4, octets.length, true);
  return crc32(octets, crc32(about, identityCrc));
}

function makeHeader(identity: Uint8Array, table: SavableTable): Uint8Array {
  const header = new Uint8Array(HEADER_OCTETS);
  const view = new DataView(header.buffer);
  header.set(new TextEncoder().encode(MAGIC), 0);
  view.setUint32(8, table.chunks, true);
  view.setUint32(12, chunkOctetsMax(table), true);
  view.setUint32(16, identity.length, true);
  header.set(identity, 20);
  view.setUint32(HEADER_OCTETS - 4, crc32(header.subarray(0, HEADER_OCTETS - 4)), true);
  return header;
}

/** The file at `path` when it has exactly this header. */
async function openExisting(path: string, header: Uint8Array): Promise<FileHandle | undefined> {
  // Asked first: of many zones most have none, and an error costs more than a look.
  if (!existsSync(path)) return undefined;
  let file: FileHandle;
  try {
    file = await open(path, "r+");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
  const found = new Uint8Array(HEADER_OCTETS);
  const { bytesRead } = await file.read(found, 0, HEADER_OCTETS, 0);
  if (bytesRead === HEADER_OCTETS && isSameHeader(found, header)) return file;
  await file.close();
  return undefined;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}

async function createFile(path: string, header: Uint8Array): Promise<FileHandle> {
  const aside = `${path}.new.aside`;
  await rm(aside, { force: true });
  const file = await open(aside, "wx+", 0o600);
  try {
    await file.write(header, 0, header.length, 0);
    await rename(aside, path);
    return file;
  } catch (error) {
    // A handle that is left to the garbage collector ends the process (a full disk did that).
    await file.close();
    throw error;
  }
}

async function loadChunks(file: FileHandle, table: SavableTable, identityCrc: number): Promise<Found> {
  const chunkMax = chunkOctetsMax(table);
  const record = new Uint8Array(CHUNK_HEADER_OCTETS + chunkMax);
  const view = new DataView(record.buffer);
  let loaded = 0;
  let dropped = 0;
  for (let chunk = 0; chunk < table.chunks; chunk++) {
    const { bytesRead } = await file.read(record, 0, record.length, chunkAt(chunk, chunkMax));
    if (bytesRead === 0) break;
    const live = table.chunkOctets(chunk);
    const slots = record.subarray(CHUNK_HEADER_OCTETS, CHUNK_HEADER_OCTETS + live.length);
    const whole = bytesRead >= CHUNK_HEADER_OCTETS + live.length && view.getUint32(4, true) === live.length;
    if (whole && view.getUint32(0, true) === chunkCrc(identityCrc, chunk, slots)) {
      live.set(slots);
      loaded++;
    } else if (record.subarray(0, bytesRead).some((octet) => octet !== 0)) {
      dropped++;
    }
  }
  return { loaded, dropped };
}

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

/** Keeps: what a file held when it was opened is in the table before anything is written over it. */
export class SignatureFile {
  /** Chunks with signatures that the last run left, for the log. */
  chunksLoaded = 0;
  /** Chunks that held something whose CRC was wrong; they are empty now. */
  chunksDropped = 0;
  private readonly path: string;
  /** Octets as characters: an array would cost twice as much, and of many zones it is hardly ever looked at. */
  private readonly identity: string;
  private table: SavableTable;
  /** Made with the first save: most zones of many are never asked for. */
  private made = false;
  /** Nobody has looked yet whether there is one. */
  private unread = true;
  private busy: Promise<unknown> | undefined = undefined;

  private readonly creating: ((path: string) => void) | undefined;

  private constructor(path: string, identity: Uint8Array, table: SavableTable, creating?: (path: string) => void) {
    if (identity.length > IDENTITY_MAX) throw new StoreError("store.name", `identity has ${identity.length} octets`);
    this.path = path;
    this.identity = Buffer.from(identity).toString("latin1");
    this.table = table;
    this.creating = creating;
  }

  /** Fills the table from what is good in the file. No file is kept open. */
  static async open(path: string, identity: Uint8Array, table: SavableTable): Promise<SignatureFile> {
    const file = new SignatureFile(path, identity, table);
    await file.read();
    return file;
  }

  /** The file is read with the first `save`, or by `read`: workers may use the table before. `creating` is told before there is one. */
  static later(
    path: string,
    identity: Uint8Array,
    table: SavableTable,
    creating: (path: string) => void,
  ): SignatureFile {
    return new SignatureFile(path, identity, table, creating);
  }

  /** Takes what is good in the file into slots of the table that are empty. Once. */
  read(): Promise<void> {
    return this.inTurn(() => this.takeOver());
  }

  /** The same table stands elsewhere now, with as many slots. */
  moveTo(table: SavableTable): void {
    this.table = table;
  }

  private get header(): Uint8Array {
    return makeHeader(Buffer.from(this.identity, "latin1"), this.table);
  }

  /** Writes the chunks that changed since the last save; gives their number. Calls that overlap wait for one another. */
  save(): Promise<number> {
    return this.inTurn(async () => {
      await this.takeOver();
      return this.saveDirty();
    });
  }

  private async inTurn<T>(work: () => Promise<T>): Promise<T> {
    while (this.busy !== undefined) await Promise.allSettled([this.busy]);
    const mine = work();
    this.busy = mine;
    try {
      return await mine;
    } finally {
      this.busy = undefined;
    }
  }

  private async takeOver(): Promise<void> {
    if (!this.unread) return;
    const { header } = this;
    const file = await openExisting(this.path, header);
    this.unread = false;
    if (file === undefined) return;
    this.made = true;
    try {
      const { loaded, dropped } = await loadChunks(file, () => this.table, crc32(header));
      this.chunksLoaded = loaded;
      this.chunksDropped = dropped;
    } finally {
      await file.close();
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
    // What it holds is more than what was made in the moments since the start.
    if (this.unread && existsSync(this.path)) return 0;
    if (dirty.length === 0) return 0;
    const file = this.openAtOnce();
    if (file === undefined) return 0;
    try {
      const { record, chunkMax, identityCrc } = this.writing();
      for (const chunk of dirty) {
        const length = this.fillRecord(chunk, record, identityCrc);
        checkWritten(writeSync(file, record, 0, length, chunkAt(chunk, chunkMax)), length);
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
      const { record, chunkMax, identityCrc } = this.writing();
      for (const chunk of dirty) {
        const length = this.fillRecord(chunk, record, identityCrc);
        const { bytesWritten } = await file.write(record, 0, length, chunkAt(chunk, chunkMax));
        checkWritten(bytesWritten, length);
      }
      return dirty.length;
    } finally {
      await file.close();
    }
  }

  private async openForSaving(): Promise<FileHandle | undefined> {
    if (this.made) return openExisting(this.path, this.header);
    this.made = true;
    this.creating?.(this.path);
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
    this.creating?.(this.path);
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

  /** What is needed to write chunks, worked out when some are written. */
  private writing(): { readonly record: Uint8Array; readonly chunkMax: number; readonly identityCrc: number } {
    const chunkMax = chunkOctetsMax(this.table);
    return { record: new Uint8Array(CHUNK_HEADER_OCTETS + chunkMax), chunkMax, identityCrc: crc32(this.header) };
  }

  /** The chunk as it stands in the file; its length. */
  private fillRecord(chunk: number, record: Uint8Array, identityCrc: number): number {
    const live = this.table.chunkOctets(chunk);
    const copy = record.subarray(CHUNK_HEADER_OCTETS, CHUNK_HEADER_OCTETS + live.length);
    copySettledSlots(live, copy);
    const view = new DataView(record.buffer);
    view.setUint32(0, chunkCrc(identityCrc, chunk, copy), true);
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

/**
 * Into slots that are empty alone: workers sign while this runs, and what they made is as good. Taken before it is filled, as every
 * writer does.
 */
export function fillEmptySlots(from: Uint8Array, to: Uint8Array): void {
  const words = new Int32Array(to.buffer, to.byteOffset, to.length / 4);
  const view = new DataView(from.buffer, from.byteOffset, from.length);
  for (let at = 0; at < words.length; at += SLOT_WORDS) {
    const state = view.getInt32(at * 4, true);
    if (state <= 0 || state >= BUSY || Atomics.compareExchange(words, at, 0, BUSY) !== 0) continue;
    to.set(from.subarray(at * 4 + 4, (at + SLOT_WORDS) * 4), at * 4 + 4);
    Atomics.store(words, at, state);
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

/** `tableNow`: it may move to another place between two chunks. */
async function loadChunks(file: FileHandle, tableNow: () => SavableTable, identityCrc: number): Promise<Found> {
  const { chunks } = tableNow();
  const chunkMax = chunkOctetsMax(tableNow());
  const record = new Uint8Array(CHUNK_HEADER_OCTETS + chunkMax);
  const view = new DataView(record.buffer);
  let loaded = 0;
  let dropped = 0;
  for (let chunk = 0; chunk < chunks; chunk++) {
    const { bytesRead } = await file.read(record, 0, record.length, chunkAt(chunk, chunkMax));
    if (bytesRead === 0) break;
    const live = tableNow().chunkOctets(chunk);
    const slots = record.subarray(CHUNK_HEADER_OCTETS, CHUNK_HEADER_OCTETS + live.length);
    const whole = bytesRead >= CHUNK_HEADER_OCTETS + live.length && view.getUint32(4, true) === live.length;
    if (whole && view.getUint32(0, true) === chunkCrc(identityCrc, chunk, slots)) {
      fillEmptySlots(slots, live);
      loaded++;
    } else if (record.subarray(0, bytesRead).some((octet) => octet !== 0)) {
      dropped++;
    }
  }
  return { loaded, dropped };
}

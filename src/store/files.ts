/**
 * Files of zones: images, their overlays, signature tables and changes between versions, under `DIR/zones/<zone id>/`.
 *
 * An image is written aside, synced, renamed, and its folder synced: under its name it is whole or absent. Its octets are the
 * image's own, nothing around them: `verifyImage` of #image judges them after loading.
 *
 * The overlays of an image stand in one file beside it, appended as they are made and synced before a row names them: what
 * stands behind the overlay that the row names was never acknowledged, and the next one is written over it.
 */
import { randomBytes } from "node:crypto";
import { closeSync, existsSync, fdatasync, fstatSync, openSync, readSync, writeSync } from "node:fs";
import { type FileHandle, mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { StoreError } from "./errors.ts";
import { isId } from "./ids.ts";
import { type ImageCopies, type ImageCopy, openImageCopies, writeImageCopies } from "./image-copies.ts";
import { type SavableTable, SignatureFile } from "./signatures.ts";
import { type KnownFiles, Sweep } from "./sweep.ts";

export interface ZoneFiles {
  /** `name`: 1 to 64 of a-z, 0-9 and `-`. Durable when the promise is done. The octets must not change meanwhile. */
  saveImage(zoneId: string, name: string, image: SharedArrayBuffer | Uint8Array): Promise<void>;
  /** Octets of an overlay, which stand `position` behind the image's end. Durable when the promise is done. */
  saveOverlay(zoneId: string, name: string, octets: Uint8Array, position: number): Promise<void>;
  /**
   * The image, behind it as much room as `room` gives for its size, and in that what overlays there are. Throws StoreError
   * `store.missing` when there is none.
   */
  loadImage(zoneId: string, name: string, room?: (octets: number) => number): Promise<SharedArrayBuffer>;
  /**
   * Fills `into` with the beginning of a small image, at once: a start reads tens of thousands, and nobody is answered yet. What
   * is missing stays as it is. Throws as `loadImage` does.
   */
  readImage(zoneId: string, name: string, into: Uint8Array): void;
  /**
   * Reads images of many zones at once and keeps nothing of them, so that they are in the page cache when they are read: a disk
   * answers many questions in the time of one. What can't be read is told when it is wanted.
   */
  warmImages(images: readonly { readonly zoneId: string; readonly name: string }[]): Promise<void>;
  /** Copies of small images that were written together; undefined: there are none. To be closed. */
  openImageCopies(): ImageCopies | undefined;
  /** In place of those before; false when `isOver` ended it. Nothing depends on them but how long the next start takes. */
  writeImageCopies(copies: readonly ImageCopy[], isOver: () => boolean): Promise<boolean>;
  removeImage(zoneId: string, name: string): Promise<void>;
  /** A change between two versions, as octets that only their writer understands; durable when the promise is done. */
  saveChange(zoneId: string, name: string, octets: Uint8Array): Promise<void>;
  /** Undefined when there is none. */
  loadChange(zoneId: string, name: string): Promise<Uint8Array | undefined>;
  removeChange(zoneId: string, name: string): Promise<void>;
  /**
   * The file that keeps a signature table. `identity` (at most 64 octets) says which signatures these are: zone image, key,
   * parameters; a file with another identity is not read, and is replaced by the first save.
   */
  openSignatures(zoneId: string, name: string, identity: Uint8Array, table: SavableTable): Promise<SignatureFile>;
  /** The same without a look at the disk, which comes with the first save: of tens of thousands at a start. */
  signaturesLater(zoneId: string, name: string, identity: Uint8Array, table: SavableTable): SignatureFile;
  removeZone(zoneId: string): Promise<void>;
  /** At start: takes away what no row of `kept` names, half-written files included. Gives the paths that went, relative. */
  removeOrphans(kept: KnownFiles): Promise<readonly string[]>;
  /** The same later, while files are written already: what is written from now on is none. Does nothing, and asks nothing, before it is run. */
  beginSweep(kept: KnownFiles): Sweep;
}

type CopyFiles = Pick<ZoneFiles, "openImageCopies" | "writeImageCopies">;

export function openZoneFiles(directory: string): ZoneFiles {
  const path = join(directory, "image-copies");
  const copies: CopyFiles = {
    openImageCopies: () => openImageCopies(path),
    writeImageCopies: (images, isOver) => writeImageCopies(path, images, isOver),
  };
  return { ...filesBelow(join(directory, "zones")), ...copies };
}

function filesBelow(root: string): Omit<ZoneFiles, keyof CopyFiles> {
  let sweeping: Sweep | undefined;
  return {
    ...signaturesBelow(root, () => sweeping),
    async saveImage(zoneId, name, image) {
      sweeping?.spare(zoneId, name);
      const folder = await ensureFolder(root, zoneId);
      const path = join(folder, `${checkName(name)}.image`);
      await writeAside(path, (file) => writeAll(file, image instanceof Uint8Array ? image : new Uint8Array(image)));
      await syncFolder(folder);
    },
    async saveOverlay(zoneId, name, octets, position) {
      sweeping?.spare(zoneId, name);
      const folder = join(root, checkZone(zoneId));
      await appendOverlay(join(folder, `${checkName(name)}.overlay`), octets, position, () => syncFolder(folder));
    },
    async loadImage(zoneId, name, room = () => 0) {
      const path = join(root, checkZone(zoneId), checkName(name));
      const { shared, size } = await readShared(`${path}.image`, room);
      if (shared.byteLength > size) await readOverlays(`${path}.overlay`, new Uint8Array(shared, size));
      return shared;
    },
    readImage(zoneId, name, into) {
      readInto(join(root, checkZone(zoneId), `${checkName(name)}.image`), into);
    },
    async warmImages(images) {
      const read = ({ zoneId, name }: (typeof images)[number]) =>
        readFile(join(root, checkZone(zoneId), `${checkName(name)}.image`));
      await Promise.allSettled(images.map(read));
    },
    async removeImage(zoneId, name) {
      const folder = join(root, checkZone(zoneId));
      // Recursive: whatever stands there by accident, a directory too, may not hold the zone up.
      await rm(join(folder, `${checkName(name)}.image`), { force: true, recursive: true });
      await rm(join(folder, `${name}.overlay`), { force: true, recursive: true });
      await rm(join(folder, `${name}.signatures`), { force: true, recursive: true });
    },
    async saveChange(zoneId, name, octets) {
      sweeping?.spare(zoneId, name);
      const folder = await ensureFolder(root, zoneId);
      await writeAside(join(folder, `${checkName(name)}.change`), (file) => writeAll(file, octets));
      await syncFolder(folder);
    },
    async loadChange(zoneId, name) {
      const path = join(root, checkZone(zoneId), `${checkName(name)}.change`);
      return readFile(path).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw unreadable(path, error);
      });
    },
    async removeChange(zoneId, name) {
      await rm(join(root, checkZone(zoneId), `${checkName(name)}.change`), { force: true, recursive: true });
    },
    async removeZone(zoneId) {
      await rm(join(root, checkZone(zoneId)), { recursive: true, force: true });
    },
    removeOrphans: (kept) => new Sweep(root, kept).run(),
    beginSweep(kept) {
      const sweep = new Sweep(root, kept);
      sweeping = sweep;
      return sweep;
    },
  };
}

function signaturesBelow(
  root: string,
  sweeping: () => Sweep | undefined,
): Pick<ZoneFiles, "openSignatures" | "signaturesLater"> {
  const sparePath = (path: string) => {
    const [zoneId, file] = path.slice(root.length + 1).split("/");
    if (zoneId && file) sweeping()?.spare(zoneId, file.slice(0, file.indexOf(".")));
  };
  return {
    async openSignatures(zoneId, name, identity, table) {
      sweeping()?.spare(zoneId, name);
      const folder = join(root, checkZone(zoneId));
      if (!existsSync(folder)) await ensureFolder(root, zoneId);
      return SignatureFile.open(join(folder, `${checkName(name)}.signatures`), identity, table);
    },
    signaturesLater(zoneId, name, identity, table) {
      const path = join(root, checkZone(zoneId), `${checkName(name)}.signatures`);
      return SignatureFile.later(path, identity, table, sparePath);
    },
  };
}

const dataSync = promisify(fdatasync);

function checkZone(zoneId: string): string {
  if (!isId(zoneId)) throw new StoreError("store.name", `not a zone id: ${zoneId}`);
  return zoneId;
}

function checkName(name: string): string {
  if (!/^[a-z0-9-]{1,64}$/.test(name)) throw new StoreError("store.name", `not a name for a file: ${name}`);
  return name;
}

async function ensureFolder(root: string, zoneId: string): Promise<string> {
  const folder = join(root, checkZone(zoneId));
  const made = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (made !== undefined) await syncFolder(root);
  return folder;
}

/** Gives the file its name only when all of it is on the disk. The caller syncs the folder. */
export async function writeAside(path: string, write: (file: FileHandle) => Promise<void>): Promise<void> {
  const aside = `${path}.${randomBytes(6).toString("hex")}.aside`;
  const file = await open(aside, "wx", 0o600);
  try {
    await write(file);
    await file.sync();
    await file.close();
    await rename(aside, path);
  } catch (error) {
    await file.close();
    await rm(aside, { force: true });
    throw error;
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** One call writes at most 2 GiB; pieces also let other file work in between. */
const PIECE_OCTETS = 16 * 1024 * 1024;

export async function writeAll(file: FileHandle, octets: Uint8Array, position = 0): Promise<void> {
  let at = 0;
  while (at < octets.length) {
    const length = Math.min(PIECE_OCTETS, octets.length - at);
    const { bytesWritten } = await file.write(octets, at, length, position + at);
    at += bytesWritten;
  }
}

/** Images up to this are read in one go, without the event loop: a start reads tens of thousands of them, and nobody is answered yet. */
const SMALL_OCTETS = 256 * 1024;

function readInto(path: string, into: Uint8Array): void {
  const file = openToRead(path);
  try {
    readSync(file, into, 0, into.length, 0);
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    closeSync(file);
  }
}

function openToRead(path: string): number {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (codeOf(error) === "ENOENT") throw new StoreError("store.missing", `there is no file ${path}`, error);
    throw unreadable(path, error);
  }
}

/** Undefined: it is larger, or there is some trouble that the other way of reading will tell. */
function readSmall(path: string, room: (octets: number) => number): Loaded | undefined {
  const file = openToRead(path);
  try {
    const { size } = fstatSync(file);
    if (size > SMALL_OCTETS) return undefined;
    const shared = new SharedArrayBuffer(size + room(size));
    const octets = new Uint8Array(shared);
    if (readSync(file, octets, 0, size, 0) !== size) return undefined;
    return { shared, size };
  } catch (error) {
    throw unreadable(path, error);
  } finally {
    closeSync(file);
  }
}

/** Segments up to this are handed to the kernel at once: some microseconds, in place of three turns of the event loop. */
const SMALL_SEGMENT_OCTETS = 64 * 1024;

async function appendOverlay(
  path: string,
  octets: Uint8Array,
  position: number,
  made: () => Promise<void>,
): Promise<void> {
  if (octets.length <= SMALL_SEGMENT_OCTETS && existsSync(path)) return appendSmall(path, octets, position);
  let isNew = false;
  const file = await open(path, "r+").catch((error: unknown) => {
    if (codeOf(error) !== "ENOENT") throw error;
    isNew = true;
    return open(path, "wx", 0o600);
  });
  try {
    await writeAll(file, octets, position);
    await file.datasync();
  } finally {
    await file.close();
  }
  if (isNew) await made();
}

async function appendSmall(path: string, octets: Uint8Array, position: number): Promise<void> {
  const file = openSync(path, "r+");
  try {
    // A full disk takes a part, and says so with the next.
    for (let at = 0; at < octets.length; ) at += writeSync(file, octets, at, octets.length - at, position + at);
    await dataSync(file);
  } finally {
    closeSync(file);
  }
}

/** What there is of it; whether it is sound is judged by `verifyImage`. */
async function readOverlays(path: string, into: Uint8Array): Promise<void> {
  const file = await open(path, "r").catch((error: unknown) => {
    if (codeOf(error) === "ENOENT") return undefined;
    throw unreadable(path, error);
  });
  try {
    for (let at = 0; file && at < into.length; ) {
      const piece = Math.min(PIECE_OCTETS, into.length - at);
      const { bytesRead } = await file.read(into, at, piece, at).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (bytesRead === 0) return;
      at += bytesRead;
    }
  } finally {
    await file?.close();
  }
}

type Loaded = { readonly shared: SharedArrayBuffer; readonly size: number };

async function readShared(path: string, room: (octets: number) => number): Promise<Loaded> {
  const small = readSmall(path, room);
  if (small) return small;
  const file = await open(path, "r").catch((error: unknown) => {
    throw codeOf(error) === "ENOENT"
      ? new StoreError("store.missing", `there is no file ${path}`, error)
      : unreadable(path, error);
  });
  try {
    const { size } = await file.stat();
    const shared = new SharedArrayBuffer(size + room(size));
    const octets = new Uint8Array(shared);
    let at = 0;
    while (at < size) {
      const piece = Math.min(PIECE_OCTETS, size - at);
      const { bytesRead } = await file.read(octets, at, piece, at).catch((error: unknown) => {
        throw unreadable(path, error);
      });
      if (bytesRead === 0) throw new StoreError("store.damaged", `${path} became shorter while it was read`);
      at += bytesRead;
    }
    return { shared, size };
  } finally {
    await file.close();
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : String(error);
}

/** A bad sector, a lost permission, something else in the file's place: one zone's trouble, not the whole start's. */
function unreadable(path: string, error: unknown): StoreError {
  return new StoreError("store.damaged", `${path} can't be read (${codeOf(error)})`, error);
}

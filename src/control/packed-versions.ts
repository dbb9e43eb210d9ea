/**
 * Versions of small zones as they are kept: where their image stands, and a reader made when somebody looks. A reader is
 * half a kilobyte of objects, and of tens of thousands of zones hardly any is looked at.
 */
import { type ImageBuffer, isPacked, octetsOf, type PackedPart, SignatureTable, TableChunks, ZoneImage } from "#image";
import { packRRsets, unpackRRsets } from "#publish";
import type { KeyRow, SignatureFile } from "#store";
import type { ImagePacks } from "./image-packs.ts";
import type { KeyVault } from "./key-vault.ts";
import type { ServedVersion, SignedApex, Signing, StoredVersion } from "./versions.ts";

type Shelf = { readonly packs: ImagePacks; readonly vault: KeyVault };

/** The same version, small where it can be. */
export function slimStored(version: StoredVersion): StoredVersion {
  const { buffer } = version.image;
  return version instanceof PackedStored || !isPacked(buffer) ? version : packedStored(version, buffer);
}

/** `from`: the source as it is kept. */
export function slimServed(version: ServedVersion, from: StoredVersion, shelf: Shelf): ServedVersion {
  const { buffer } = version.image;
  if (!isPacked(buffer)) return { ...version, from };
  const { signing } = version;
  const slim = signing && isPacked(signing.table.buffer) ? slimSigning(signing, signing.table.buffer, shelf) : signing;
  return packedServed({ ...version, image: version.image, signing: slim }, from, buffer);
}

function slimSigning(signing: Signing, table: PackedPart, { packs, vault }: Shelf): Signing {
  const { zsk, tableFile, apex } = signing;
  const { rrsets, expiration, resignAt } = apex;
  const octets = packs.keepOctets(packRRsets(rrsets));
  return new PackedSigning({ zsk, tableFile, table, apex: octets, count: rrsets.length, expiration, resignAt, vault });
}

/** The same version with its image elsewhere, or itself where that is not packed. */
export function movedStored(version: StoredVersion, move: (part: PackedPart) => PackedPart): StoredVersion {
  const { buffer } = version.image;
  return isPacked(buffer) ? packedStored(version, move(buffer)) : version;
}

export function movedServed(
  version: ServedVersion,
  from: StoredVersion,
  move: (part: PackedPart) => PackedPart,
): ServedVersion {
  const { buffer } = version.image;
  if (!isPacked(buffer)) return { ...version, from };
  const { signing } = version;
  const moved = signing instanceof PackedSigning ? signing.moved(move) : signing;
  return packedServed({ ...version, image: version.image, signing: moved }, from, move(buffer));
}

/** Keeps: packed images have no overlays. Whatever else a version says is copied as far as it says anything. */
abstract class Packed {
  readonly #part: PackedPart;

  constructor(rest: object, part: PackedPart) {
    const own = this as Record<string, unknown>;
    const given = rest as Readonly<Record<string, unknown>>;
    for (const key in given) if (given[key] !== undefined) own[key] = given[key];
    this.#part = part;
  }

  get image(): ZoneImage {
    return new ZoneImage(this.#part);
  }

  /** Where the image stands: without a reader for who only wants to know that. */
  get place(): PackedPart {
    return this.#part;
  }
}

/** One class each: objects of a class have room for as many properties as the largest of them. */
class PackedStored extends Packed {}
class PackedServed extends Packed {}

/** Where a version's image stands, and the root of the overlay over it. */
export function placeOf(version: StoredVersion | ServedVersion): { image: ImageBuffer; imageRoot: number } {
  if (version instanceof Packed) return { image: version.place, imageRoot: 0 };
  const { buffer: image, root: imageRoot } = version.image;
  return { image, imageRoot };
}

function packedStored(version: StoredVersion, part: PackedPart): StoredVersion {
  // Of a packed one it is a getter, which is not copied; of another it is left out here.
  const { image: _, ...rest } = version;
  return new PackedStored(rest, part) as Packed & typeof rest;
}

function packedServed(version: ServedVersion, from: StoredVersion, part: PackedPart): ServedVersion {
  const { image: _, ...rest } = version;
  return new PackedServed({ ...rest, from }, part) as Packed & typeof rest;
}

type SigningParts = {
  readonly zsk: KeyRow;
  readonly tableFile: SignatureFile;
  readonly table: PackedPart;
  readonly apex: PackedPart;
  /** Of the apex RRsets. */
  readonly count: number;
  readonly expiration: number;
  readonly resignAt: number;
  readonly vault: KeyVault;
};

/** What signs a small zone: octets in packs, from which everything is made when somebody looks. */
class PackedSigning implements Signing {
  readonly #parts: SigningParts;

  constructor(parts: SigningParts) {
    this.#parts = parts;
  }

  get zsk(): KeyRow {
    return this.#parts.zsk;
  }

  get zskPrivate(): Uint8Array {
    const exposed = this.#parts.vault.exposeZsk(this.zsk);
    // It could be opened when the zone began to be served, and nothing about it has changed.
    if (!exposed.ok) throw new Error(exposed.error.text);
    return exposed.value;
  }

  get table(): SignatureTable {
    const table = SignatureTable.open(this.#parts.table);
    if (!table) throw new Error("a signature table was written over");
    return table;
  }

  get tableFile(): SignatureFile {
    return this.#parts.tableFile;
  }

  get apex(): SignedApex {
    const { apex, count, expiration, resignAt } = this.#parts;
    return {
      // Who only wants to know when it ends, as timers do, unpacks nothing.
      get rrsets() {
        return unpackRRsets(octetsOf(apex), count);
      },
      expiration,
      resignAt,
    };
  }

  get packed(): readonly PackedPart[] {
    return [this.#parts.table, this.#parts.apex];
  }

  /** Signatures that are made meanwhile are lost, and made anew when somebody asks. */
  moved(move: (part: PackedPart) => PackedPart): PackedSigning {
    const old = this.table;
    const room = move(this.#parts.table);
    const table = SignatureTable.open(room);
    if (!table) throw new Error("a signature table was written over");
    // Others write while octets are copied: slot by slot it is looked at whether one is whole.
    for (let slot = 0; slot < old.slots; slot++) if (!table.carry(slot, old, slot)) table.empty(slot);
    this.tableFile.moveTo(new TableChunks(new Uint8Array(room.buffer), room.byteOffset, table.slots));
    return new PackedSigning({ ...this.#parts, table: room, apex: move(this.#parts.apex) });
  }
}

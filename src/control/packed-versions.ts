/**
 * Versions of small zones as they are kept: where their image stands, and a reader made when somebody looks. A reader is
 * half a kilobyte of objects, and of tens of thousands of zones hardly any is looked at.
 */
import { isPacked, type PackedPart, ZoneImage } from "#image";
import type { ServedVersion, StoredVersion } from "./versions.ts";

/** The same version, small where it can be. */
export function slimStored(version: StoredVersion): StoredVersion {
  const { buffer } = version.image;
  return version instanceof PackedStored || !isPacked(buffer) ? version : new PackedStored(version, buffer);
}

/** `from`: the source as it is kept. */
export function slimServed(version: ServedVersion, from: StoredVersion): ServedVersion {
  const { buffer } = version.image;
  return isPacked(buffer) ? new PackedServed(version, from, buffer) : { ...version, from };
}

/** The same version with its image elsewhere, or itself where that is not packed. */
export function movedStored(version: StoredVersion, move: (part: PackedPart) => PackedPart): StoredVersion {
  const { buffer } = version.image;
  return isPacked(buffer) ? new PackedStored(version, move(buffer)) : version;
}

export function movedServed(
  version: ServedVersion,
  from: StoredVersion,
  move: (part: PackedPart) => PackedPart,
): ServedVersion {
  const { buffer } = version.image;
  return isPacked(buffer) ? new PackedServed(version, from, move(buffer)) : { ...version, from };
}

/** Keeps: packed images have no overlays. */
class PackedStored implements StoredVersion {
  readonly file: string;
  readonly serial: number;
  readonly transferredAt: number;
  readonly origin: StoredVersion["origin"];
  readonly #part: PackedPart;

  constructor({ file, serial, transferredAt, origin }: StoredVersion, part: PackedPart) {
    this.file = file;
    this.serial = serial;
    this.transferredAt = transferredAt;
    this.origin = origin;
    this.#part = part;
  }

  get image(): ZoneImage {
    return new ZoneImage(this.#part);
  }
}

class PackedServed implements ServedVersion {
  readonly mode: ServedVersion["mode"];
  readonly denial: ServedVersion["denial"];
  readonly file: string;
  readonly from: StoredVersion;
  readonly signing: ServedVersion["signing"];
  readonly expiration: number | undefined;
  readonly cacheHorizon: number | undefined;
  readonly flawed: boolean | undefined;
  readonly zonemd: ServedVersion["zonemd"];
  readonly #part: PackedPart;

  constructor(version: ServedVersion, from: StoredVersion, part: PackedPart) {
    this.mode = version.mode;
    this.denial = version.denial;
    this.file = version.file;
    this.from = from;
    this.signing = version.signing;
    this.expiration = version.expiration;
    this.cacheHorizon = version.cacheHorizon;
    this.flawed = version.flawed;
    this.zonemd = version.zonemd;
    this.#part = part;
  }

  get image(): ZoneImage {
    return new ZoneImage(this.#part);
  }
}

/** A key's row as it is kept: its octets in a pack, as they are hardly ever looked at. */
import { octetsOf, type PackedPart } from "#image";
import type { KeyRow } from "#store";
import type { ImagePacks } from "./image-packs.ts";

export function slimKey(row: KeyRow, packs: ImagePacks): KeyRow {
  return new PackedKey(row, packs.keepKey(row.dnskey, row.sealed));
}

class PackedKey implements KeyRow {
  readonly id: string;
  readonly zoneId: string;
  readonly role: KeyRow["role"];
  readonly algorithm: number;
  readonly keyTag: number;
  readonly state: string;
  readonly createdAt: number;
  readonly #dnskeyOctets: number;
  readonly #part: PackedPart;

  constructor(row: KeyRow, part: PackedPart) {
    this.id = row.id;
    this.zoneId = row.zoneId;
    this.role = row.role;
    this.algorithm = row.algorithm;
    this.keyTag = row.keyTag;
    this.state = row.state;
    this.createdAt = row.createdAt;
    this.#dnskeyOctets = row.dnskey.length;
    this.#part = part;
  }

  get dnskey(): Uint8Array {
    return octetsOf(this.#part).slice(0, this.#dnskeyOctets);
  }

  get sealed(): Uint8Array {
    return octetsOf(this.#part).slice(this.#dnskeyOctets);
  }
}

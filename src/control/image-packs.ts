/**
 * Images of small zones, packed (docs/adr/0011). Kept as they are loaded or made; copied out of packs of which little is still
 * wanted, in the background, a zone at a time:
 *
 *   a round ends ─ as much was packed as is wanted in all? ─▶ all zones counted ─▶ packs half empty ─▶ their zones moved
 *
 * Moved means: a copy in another pack, published again. Whoever still reads the old octets keeps their pack alive.
 */
import { concatBytes } from "#bytes";
import {
  type ImageBuffer,
  isPacked,
  octetsOf,
  PACKED_OCTETS,
  PackBook,
  type PackedPart,
  PackWriter,
  ZoneImage,
} from "#image";
import type { ServedVersion, StoredVersion } from "./versions.ts";

/** Packed since the last count, below which nobody counts. */
const WASTE_OCTETS = 4 * 1024 * 1024;

/** What a zone has in packs, and how it is moved. */
export type PackedZone = {
  readonly stored: StoredVersion | undefined;
  readonly served: ServedVersion | undefined;
  /** False: not now, a round is under way. */
  moveImages(move: (part: PackedPart) => PackedPart): boolean;
};

/** Keeps: every image up to a size that goes through here stands in a pack. */
export class ImagePacks {
  readonly #images = new PackWriter();
  readonly #tables = new PackWriter();
  readonly #keys = new PackWriter();
  #adopted = 0;
  #packedAtCount = 0;
  #wantedAtCount = 0;

  /** A small image moves into a pack; a large one stays where it is. */
  keep(image: SharedArrayBuffer): ZoneImage {
    return new ZoneImage(image.byteLength > PACKED_OCTETS ? image : this.#images.put(new Uint8Array(image)));
  }

  /** Room for an image of so many octets that is read from disk; undefined: it is too large for a pack. */
  room(octets: number): PackedPart | undefined {
    return octets > 0 && octets <= PACKED_OCTETS && octets % 4 === 0 ? this.#images.take(octets) : undefined;
  }

  /** An image that stands in a buffer of many already: as if it had been packed here. */
  adopt(part: PackedPart): PackedPart {
    this.#adopted += part.byteLength + (-part.byteLength & 7);
    return part;
  }

  /** Nothing came into the room that was taken last. */
  giveBack(room: PackedPart): void {
    this.#images.shorten(room, 0);
  }

  /** Room for a signature table, and the octets of its pack; undefined: it gets a buffer of its own. */
  tableRoom(octets: number): { readonly room: PackedPart; readonly pack: Uint8Array } | undefined {
    if (octets > PACKED_OCTETS) return undefined;
    const room = this.#tables.take(octets);
    return { room, pack: this.#tables.octets };
  }

  /** Something that is kept as octets and hardly ever looked at. */
  keepOctets(octets: Uint8Array): PackedPart {
    return this.#tables.put(octets);
  }

  /** Of a key, which stays for as long as its zone: not moved. */
  keepKey(dnskey: Uint8Array, sealed: Uint8Array): PackedPart {
    return this.#keys.put(concatBytes([dnskey, sealed]));
  }

  /** As many octets were packed since the last count as are wanted: half of it all may be waste. */
  get isWasteful(): boolean {
    return this.#packed - this.#packedAtCount > this.#wantedAtCount + WASTE_OCTETS;
  }

  /** Moves zones out of sparse packs; how many. Those that were busy come with the next count. */
  tidy(zones: Iterable<PackedZone>): number {
    const all = [...zones];
    const book = new PackBook();
    for (const zone of all) for (const part of partsOf(zone)) book.count(part);
    const sparse = book.sparse();
    this.#images.turn();
    let moved = 0;
    for (const zone of all) {
      if (![...partsOf(zone)].some(({ buffer }) => sparse.has(buffer))) continue;
      const copies = new Map<PackedPart, PackedPart>();
      const move = (part: PackedPart) => {
        const copy = copies.get(part) ?? this.#images.put(octetsOf(part));
        copies.set(part, copy);
        return copy;
      };
      if (zone.moveImages(move)) moved++;
    }
    this.#packedAtCount = this.#packed;
    this.#wantedAtCount = book.wantedOctets;
    return moved;
  }

  /** After the start: everything that was packed is wanted. */
  begin(): void {
    this.#packedAtCount = this.#packed;
    this.#wantedAtCount = this.#packed;
  }

  get #packed(): number {
    return this.#adopted + this.#images.givenOctets + this.#tables.givenOctets;
  }
}

/** Each once: what is stored is often what is served. */
function partsOf({ stored, served }: PackedZone): Set<PackedPart> {
  const parts = new Set<PackedPart>();
  const add = (buffer: ImageBuffer | undefined) => {
    if (buffer && isPacked(buffer)) parts.add(buffer);
  };
  add(stored?.image.buffer);
  add(served?.image.buffer);
  add(served?.from.image.buffer);
  for (const part of served?.signing?.packed ?? []) parts.add(part);
  return parts;
}

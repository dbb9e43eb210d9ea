/**
 * Many small things in few buffers. A SharedArrayBuffer for each small image costs more than the image: its object and its
 * views in every thread, a backing store, an allocation. A pack is one buffer that is filled from front to back:
 *
 *   │ image │ image │ image │ …             │ room, untouched │
 *
 * What stands in a pack is never written to again and never moved, so readers need no lock; what nobody wants any more stays
 * until whoever keeps the pack has copied the rest into another one and everybody has let go of the first. The price: up to
 * half of all packs is such waste (`PackBook` says when it is time).
 */

/** A piece of a pack. Crosses to workers like a SharedArrayBuffer; `byteLength` as that has. */
export type PackedPart = {
  readonly buffer: SharedArrayBuffer;
  /** A multiple of 8. */
  readonly byteOffset: number;
  readonly byteLength: number;
};

/** Where an image stands: a buffer of its own (with room for overlays, perhaps), or a part of a pack. */
export type ImageBuffer = SharedArrayBuffer | PackedPart;

/** Images up to this are packed: above it the waste of a buffer of one's own is a few percent. */
export const PACKED_OCTETS = 32 * 1024;

const PACK_OCTETS = 1024 * 1024;

export function isPacked(image: ImageBuffer): image is PackedPart {
  return "buffer" in image;
}

/** The buffer that keeps the octets alive. */
export function backingOf(image: ImageBuffer): SharedArrayBuffer {
  return isPacked(image) ? image.buffer : image;
}

export function octetsOf(image: ImageBuffer): Uint8Array {
  return isPacked(image) ? new Uint8Array(image.buffer, image.byteOffset, image.byteLength) : new Uint8Array(image);
}

/** The octets as words, as far as whole words go. */
export function wordsOf(image: ImageBuffer): Uint32Array {
  const words = Math.floor(image.byteLength / 4);
  return isPacked(image) ? new Uint32Array(image.buffer, image.byteOffset, words) : new Uint32Array(image, 0, words);
}

/** Keeps: the pack that is being filled, and how many octets were given out. One writer. */
export class PackWriter {
  readonly #packOctets: number;
  #pack: SharedArrayBuffer | undefined;
  #octets: Uint8Array | undefined;
  #used = 0;
  #given = 0;

  constructor(packOctets = PACK_OCTETS) {
    this.#packOctets = packOctets;
  }

  /** Octets of everything that was ever given out. */
  get givenOctets(): number {
    return this.#given;
  }

  /** Room for so many octets, zeros, that the caller fills before he shows it to anybody. */
  take(octets: number): PackedPart {
    const size = octets + (-octets & 7);
    if (!this.#pack || this.#used + size > this.#pack.byteLength) {
      this.#pack = new SharedArrayBuffer(Math.max(this.#packOctets, size));
      this.#octets = new Uint8Array(this.#pack);
      this.#used = 0;
    }
    const part = { buffer: this.#pack, byteOffset: this.#used, byteLength: octets };
    this.#used += size;
    this.#given += size;
    return part;
  }

  /** The octets of the pack that is being filled, in which the part taken last stands. */
  get octets(): Uint8Array {
    return this.#octets ?? new Uint8Array(0);
  }

  /** A copy of the octets. */
  put(octets: Uint8Array): PackedPart {
    const part = this.take(octets.length);
    this.#octets!.set(octets, part.byteOffset);
    return part;
  }

  /** Gives back the end of the part that was taken last: it turned out to be shorter, or to be nothing. */
  shorten(part: PackedPart, octets: number): PackedPart {
    const before = part.byteLength + (-part.byteLength & 7);
    const after = octets + (-octets & 7);
    if (part.buffer !== this.#pack || part.byteOffset + before !== this.#used) return { ...part, byteLength: octets };
    this.#octets!.fill(0, part.byteOffset + after, this.#used);
    this.#used -= before - after;
    this.#given -= before - after;
    return { ...part, byteLength: octets };
  }

  /** What follows goes into a new pack. */
  turn(): void {
    this.#pack = undefined;
    this.#octets = undefined;
  }
}

/** How much of each pack is wanted, counted anew each time. */
export class PackBook {
  readonly #wanted = new Map<SharedArrayBuffer, number>();

  count(part: PackedPart): void {
    this.#wanted.set(part.buffer, (this.#wanted.get(part.buffer) ?? 0) + part.byteLength + (-part.byteLength & 7));
  }

  get wantedOctets(): number {
    let octets = 0;
    for (const wanted of this.#wanted.values()) octets += wanted;
    return octets;
  }

  get packs(): number {
    return this.#wanted.size;
  }

  /** Packs of which less than half is wanted. */
  sparse(): ReadonlySet<SharedArrayBuffer> {
    const sparse = new Set<SharedArrayBuffer>();
    for (const [pack, wanted] of this.#wanted) if (2 * wanted < pack.byteLength) sparse.add(pack);
    return sparse;
  }
}

/**
 * Until when each zone is served, in memory that all workers see: the answer to EDNS EXPIRE (RFC 7314) changes with every
 * check, and publishing a zone anew for that would cost more than all its answers.
 */
import { type ExpiryPlace, NEVER_EXPIRES } from "#publish";

/** 16 KiB a block; a publication carries its block by reference. */
const SLOTS = 4096;

/** Keeps: one slot for each zone, for as long as it is here. */
export class ExpiryBoard {
  readonly #places = new Map<string, ExpiryPlace>();
  readonly #free: ExpiryPlace[] = [];

  place(zoneId: string): ExpiryPlace {
    const known = this.#places.get(zoneId);
    if (known) return known;
    if (this.#free.length === 0) this.#grow();
    const place = this.#free.pop()!;
    this.#places.set(zoneId, place);
    this.set(zoneId, undefined);
    return place;
  }

  /** Unix seconds; undefined: it does not expire (no version, or no primaries). */
  set(zoneId: string, at: number | undefined): void {
    const { board, slot } = this.place(zoneId);
    new Uint32Array(board)[slot] = at === undefined ? NEVER_EXPIRES : Math.min(at, NEVER_EXPIRES - 1);
  }

  remove(zoneId: string): void {
    const place = this.#places.get(zoneId);
    if (!place) return;
    this.#places.delete(zoneId);
    this.#free.push(place);
  }

  #grow(): void {
    const board = new SharedArrayBuffer(4 * SLOTS);
    for (let slot = SLOTS - 1; slot >= 0; slot--) this.#free.push({ board, slot });
  }
}

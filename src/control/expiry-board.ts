/**
 * Until when each zone is served, in memory that all workers see: the answer to EDNS EXPIRE (RFC 7314) changes with every
 * check, and publishing a zone anew for that would cost more than all its answers.
 */
import { type ExpiryPlace, NEVER_EXPIRES } from "#publish";

/** 16 KiB a block; a publication carries its block by reference. */
const SLOTS = 4096;

/** Keeps: one slot for each zone, for as long as it is here. */
export class ExpiryBoard {
  /** Numbers, counted through all blocks. */
  readonly #places = new Map<string, number>();
  readonly #free: number[] = [];
  readonly #blocks: Uint32Array<SharedArrayBuffer>[] = [];

  place(zoneId: string): ExpiryPlace {
    const place = this.#places.get(zoneId) ?? this.#take(zoneId);
    return { board: this.#blockOf(place).buffer, slot: place % SLOTS };
  }

  /** Unix seconds; undefined: it does not expire (no version, or no primaries). */
  set(zoneId: string, at: number | undefined): void {
    const place = this.#places.get(zoneId) ?? this.#take(zoneId);
    this.#blockOf(place)[place % SLOTS] = at === undefined ? NEVER_EXPIRES : Math.min(at, NEVER_EXPIRES - 1);
  }

  remove(zoneId: string): void {
    const place = this.#places.get(zoneId);
    if (place === undefined) return;
    this.#places.delete(zoneId);
    this.#free.push(place);
  }

  #take(zoneId: string): number {
    if (this.#free.length === 0) this.#grow();
    const place = this.#free.pop()!;
    this.#places.set(zoneId, place);
    this.#blockOf(place)[place % SLOTS] = NEVER_EXPIRES;
    return place;
  }

  #blockOf(place: number): Uint32Array<SharedArrayBuffer> {
    return this.#blocks[Math.floor(place / SLOTS)]!;
  }

  #grow(): void {
    const first = SLOTS * this.#blocks.length;
    this.#blocks.push(new Uint32Array(new SharedArrayBuffer(4 * SLOTS)));
    for (let place = first + SLOTS - 1; place >= first; place--) this.#free.push(place);
  }
}

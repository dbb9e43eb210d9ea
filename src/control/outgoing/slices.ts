/**
 * Memory of a transfer out, shared with the thread that has the connection: a slice of messages is written, sent, and written anew
 * when the kernel has taken it. A message of its own for each cost twice what making it does, and fresh memory made V8 collect its
 * heap a dozen times for a zone of 100,000 names.
 *
 *   free ─▶ messages are written into it ─▶ send ─▶ the client fetches ─▶ free …
 */
import type { ForwardedMessage } from "#publish";

/** Messages are added to a slice until it has so many octets. */
export const SLICE_OCTETS = 128 * 1024;
/** One more message, and its length. */
const ROOM_OCTETS = SLICE_OCTETS + 65_537;
/** Of one transfer: one is written while others are fetched. */
const SLICES = 3;
/** Transfers whose memory is kept for the next ones. */
const MOST_KEPT = 2;

/** Keeps: a slice that is on its way is not handed out. */
export class Slices {
  readonly #memory = new SharedArrayBuffer(SLICES * ROOM_OCTETS);
  readonly #onTheWay: Promise<boolean>[] = [];
  #next = 0;

  /** Room for one slice; undefined when the client is gone. */
  async free(): Promise<Uint8Array | undefined> {
    if (this.#onTheWay.length >= SLICES && !(await this.#onTheWay.shift())) return undefined;
    return new Uint8Array(this.#memory, this.#next * ROOM_OCTETS, ROOM_OCTETS);
  }

  /** What was written of the one that `free` gave last. */
  send(slice: Uint8Array, to: ForwardedMessage): void {
    this.#next = (this.#next + 1) % SLICES;
    this.#onTheWay.push(to.send(slice));
  }

  /** Everything was fetched: nobody looks at the memory any more. False when the client is gone. */
  async settled(): Promise<boolean> {
    const taken = await Promise.all(this.#onTheWay.splice(0));
    return taken.every((open) => open);
  }
}

/** Keeps: what lies here is settled. */
export class SliceShelf {
  readonly #kept: Slices[] = [];

  take(): Slices {
    return this.#kept.pop() ?? new Slices();
  }

  giveBack(slices: Slices): void {
    if (this.#kept.length < MOST_KEPT) this.#kept.push(slices);
  }
}

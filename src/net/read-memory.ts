/**
 * Memory that a socket reads into, used again and again: Node takes 64 KiB for each read otherwise, and V8, which counts them,
 * collects the whole heap of the thread twenty times while half a gigabyte of a transfer comes in.
 *
 *   take ─▶ the kernel fills it ─▶ chunk ─▶ messages are taken out of it ─▶ give back ─▶ take …
 */

/** As much as Node asks for at once. */
const READ_OCTETS = 64 * 1024;
/** For the first read, which is all that most exchanges have. */
const FIRST_OCTETS = 4 * 1024;
/** More are not kept: a reader that fell behind had that many waiting. */
const MOST_SPARE = 32;

/** Keeps: a piece has one user at a time; whoever gives back looks at it no more. */
export class ReadMemory {
  readonly #spare: Uint8Array[] = [];
  #first = true;

  /** Room for the next read. */
  take(): Uint8Array {
    const octets = this.#first ? FIRST_OCTETS : READ_OCTETS;
    this.#first = false;
    return this.#spare.pop() ?? new Uint8Array(octets);
  }

  /** A chunk that was read, or a part of what `take` gave. */
  giveBack(chunk: Uint8Array): void {
    if (chunk.buffer.byteLength === READ_OCTETS && this.#spare.length < MOST_SPARE)
      this.#spare.push(new Uint8Array(chunk.buffer));
  }
}

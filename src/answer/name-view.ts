/**
 * A name as the answering code walks it: where its labels begin and the hash of every suffix, computed once and used for
 * the zone table and for the image. The record is reused; it points into octets that it does not own.
 */
import { HASH_SEED, hashLabel } from "#name";

/** A name of 255 octets has at most 127 labels, and the root behind them. */
const MAX_LABELS = 127;

export class NameView {
  /** The name begins at `octets[at]`, uncompressed. */
  octets: Uint8Array = new Uint8Array(1);
  at = 0;
  /** Octets, the root's zero included. */
  length = 1;
  /** Without the root. */
  labels = 0;
  /** Of each label's length octet, relative to `at`, leftmost first; `starts[labels]` is the root. */
  readonly starts = new Uint8Array(MAX_LABELS + 1);
  /** `hashes[i]` is the hash of the suffix that begins with label i; `hashes[labels]` is the root's. */
  readonly hashes = new Int32Array(MAX_LABELS + 1);

  /** Trusts the octets to be a name: 1 to 255 octets, no pointers. */
  set(octets: Uint8Array, at: number): void {
    this.octets = octets;
    this.at = at;
    let labels = 0;
    let p = at;
    for (let size = octets[p]!; size !== 0; size = octets[p]!) {
      this.starts[labels++] = p - at;
      p += size + 1;
    }
    this.starts[labels] = p - at;
    this.labels = labels;
    this.length = p - at + 1;
    this.hash();
  }

  /**
   * The same for octets from outside: false when there is no name of 1 to 255 octets without pointers at `at` that ends
   * before `end`. (A compression pointer in the first name of a message could only lead into the header.)
   */
  parse(octets: Uint8Array, at: number, end: number): boolean {
    let labels = 0;
    let p = at;
    for (;;) {
      if (p >= end || p - at > 254) return false;
      const size = octets[p]!;
      this.starts[labels] = p - at;
      if (size === 0) break;
      if (size > 63) return false;
      labels++;
      p += size + 1;
    }
    this.octets = octets;
    this.at = at;
    this.labels = labels;
    this.length = p - at + 1;
    this.hash();
    return true;
  }

  private hash(): void {
    const { octets, at, starts, hashes, labels } = this;
    let hash = HASH_SEED;
    hashes[labels] = hash;
    for (let i = labels - 1; i >= 0; i--) {
      hash = hashLabel(hash, octets, at + starts[i]!);
      hashes[i] = hash;
    }
  }
}

/**
 * DNS messages on a byte stream: two octets of length, then the message (RFC 1035 section 4.2.2, RFC 7766 section 8).
 * Octets arrive cut anywhere. A message is at most 65,535 octets, so what is kept between two chunks is bounded by that.
 */

const NOTHING = new Uint8Array(0);

/** Cuts a stream into messages: `push` a chunk, take `next` until there is none. What is not taken yet waits. */
export class MessageFramer {
  private chunk: Uint8Array = NOTHING;
  private at = 0;
  /** The beginning of a message whose end has not come: its length octets too. */
  private kept: Uint8Array = NOTHING;
  private keptLength = 0;

  /** In the middle of a message: the other side owes the rest. */
  get partial(): boolean {
    return this.keptLength > 0;
  }

  /** Of the last chunk something is left: perhaps whole messages. */
  get unread(): boolean {
    return this.at < this.chunk.length;
  }

  /** Octets were pushed that nobody has asked for yet. */
  get waiting(): boolean {
    return this.keptLength > 0 || this.at < this.chunk.length;
  }

  /** The framer's from now on. Call it when `next` has nothing more; else what was not taken is copied in front of it. */
  push(chunk: Uint8Array): void {
    const left = this.chunk.length - this.at;
    if (left > 0) {
      const both = new Uint8Array(left + chunk.length);
      both.set(this.chunk.subarray(this.at), 0);
      both.set(chunk, left);
      this.chunk = both;
    } else this.chunk = chunk;
    this.at = 0;
  }

  /** The next whole message, without its length: a view into the chunk, or a copy when it was cut. May be empty. */
  next(): Uint8Array | undefined {
    if (this.keptLength > 0) return this.nextKept();
    const { chunk, at } = this;
    const left = chunk.length - at;
    if (left >= 2) {
      const length = (chunk[at]! << 8) | chunk[at + 1]!;
      if (left - 2 >= length) {
        this.at = at + 2 + length;
        return chunk.subarray(at + 2, this.at);
      }
    }
    if (left > 0) this.keep(left);
    return undefined;
  }

  private nextKept(): Uint8Array | undefined {
    while (this.keptLength < 2 && this.at < this.chunk.length) this.kept[this.keptLength++] = this.chunk[this.at++]!;
    if (this.keptLength < 2) return undefined;
    const whole = 2 + ((this.kept[0]! << 8) | this.kept[1]!);
    this.grow(whole);
    const take = Math.min(whole - this.keptLength, this.chunk.length - this.at);
    this.kept.set(this.chunk.subarray(this.at, this.at + take), this.keptLength);
    this.keptLength += take;
    this.at += take;
    if (this.keptLength < whole) return undefined;
    this.keptLength = 0;
    return this.kept.slice(2, whole);
  }

  /** Moves the `left` last octets of the chunk aside, so that the chunk can go. */
  private keep(left: number): void {
    const { chunk, at } = this;
    this.grow(left < 2 ? 2 : 2 + ((chunk[at]! << 8) | chunk[at + 1]!));
    this.kept.set(chunk.subarray(at), 0);
    this.keptLength = left;
    this.chunk = NOTHING;
    this.at = 0;
  }

  /** To what the message says, not to the largest there is: thousands of connections may be half way through a small one. */
  private grow(length: number): void {
    if (this.kept.length >= length) return;
    const larger = new Uint8Array(Math.max(512, length));
    larger.set(this.kept.subarray(0, this.keptLength));
    this.kept = larger;
  }
}

/** Length and message in one array, so that both leave in one segment (RFC 7766 section 8). At most 65,535 octets. */
export function frame(message: Uint8Array): Uint8Array {
  const [length] = framePieces(message);
  const framed = new Uint8Array(message.length + 2);
  framed.set(length);
  framed.set(message, 2);
  return framed;
}

/** The same as two pieces, without a copy of the message. */
export function framePieces(message: Uint8Array): readonly [length: Uint8Array, message: Uint8Array] {
  if (message.length > 65_535) throw new RangeError("a DNS message has at most 65,535 octets");
  return [Uint8Array.of(message.length >> 8, message.length), message];
}

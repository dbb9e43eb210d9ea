/** Names out of messages: compression pointers followed strictly backwards, so every chain ends (RFC 1035 section 4.1.4). */
import { MAX_NAME, type Name } from "./name.ts";

export type ParsedName = {
  /** Uncompressed, a copy. */
  readonly name: Name;
  /** Offset in the message just behind the name as it stands there. */
  readonly next: number;
};

/**
 * The name at `offset` of `message`, which must not read past `end` before its first pointer. Undefined for a label of a reserved type, a name
 * over 255 octets, a pointer that does not go strictly backwards, or a cut-off name.
 */
export function parseName(message: Uint8Array, offset: number, end = message.length): ParsedName | undefined {
  const scratch = new Uint8Array(MAX_NAME);
  let length = 0;
  let at = offset;
  let next = -1;
  // Everything from here on up to `bound` may be read: a pointer has to lead before where the current run began.
  let runStart = offset;
  let bound = end;
  for (;;) {
    if (at >= bound) return undefined;
    const octet = message[at]!;
    if (octet < 64) {
      if (at + octet + 1 > bound || length + octet + 1 > MAX_NAME) return undefined;
      for (let i = 0; i <= octet; i++) scratch[length++] = message[at + i]!;
      at += octet + 1;
      if (octet === 0) break;
    } else if (octet >= 0xc0) {
      if (at + 2 > bound) return undefined;
      const target = ((octet & 0x3f) << 8) | message[at + 1]!;
      if (target >= runStart) return undefined;
      if (next < 0) next = at + 2;
      bound = message.length;
      runStart = target;
      at = target;
    } else {
      return undefined;
    }
  }
  return { name: scratch.slice(0, length), next: next < 0 ? at : next };
}

/** The offset behind the name at `offset`, without following pointers; -1 when it is malformed or cut off. */
export function skipName(message: Uint8Array, offset: number, end = message.length): number {
  let at = offset;
  while (at < end && at - offset <= MAX_NAME) {
    const octet = message[at]!;
    if (octet === 0) return at + 1;
    if (octet >= 0xc0) return at + 2 <= end ? at + 2 : -1;
    if (octet >= 64) return -1;
    at += octet + 1;
  }
  return -1;
}

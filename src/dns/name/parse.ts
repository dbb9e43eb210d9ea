/** Names out of messages: compression pointers followed strictly backwards, so every chain ends (RFC 1035 section 4.1.4). */
import { MAX_NAME, type Name } from "./name.ts";

export type ParsedName = {
  /** Uncompressed, a copy. */
  readonly name: Name;
  /** Offset in the message just behind the name as it stands there. */
  readonly next: number;
};

/** A name has at most 126 labels before the root: more pointers than that in one name only burn time. */
export const MAX_POINTERS = 126;

/**
 * The name at `offset` of `message`, which must not read past `end` before its first pointer. Undefined for a label of a reserved type, a name
 * over 255 octets, a pointer that does not go strictly backwards, over 126 pointers, or a cut-off name.
 */
export function parseName(message: Uint8Array, offset: number, end = message.length): ParsedName | undefined {
  const scratch = new Uint8Array(MAX_NAME);
  const copied = copyName(message, offset, end, scratch, 0);
  if (copied < 0) return undefined;
  return { name: scratch.slice(0, copied & 255), next: offset + (copied >> 8) };
}

/**
 * `parseName` without an object: writes the uncompressed name to `out[outAt]` and returns `consumed << 8 | length`
 * (octets taken from the message, octets written), or -1 when malformed. With `pointers` false a pointer is malformed.
 * `out` should have 255 octets of room: octets past its end are lost, and only the caller can tell.
 */
export function copyName(
  message: Uint8Array,
  offset: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  pointers = true,
): number {
  let length = 0;
  let at = offset;
  let consumed = -1;
  // Everything from here on up to `bound` may be read: a pointer has to lead before where the current run began.
  let runStart = offset;
  let bound = Math.min(end, message.length);
  let hops = 0;
  for (;;) {
    if (at >= bound) return -1;
    const octet = message[at]!;
    if (octet < 64) {
      if (at + octet + 1 > bound || length + octet + 1 > MAX_NAME) return -1;
      for (let i = 0; i <= octet; i++) out[outAt + length++] = message[at + i]!;
      at += octet + 1;
      if (octet === 0) break;
    } else if (octet >= 0xc0) {
      if (at + 2 > bound || !pointers || ++hops > MAX_POINTERS) return -1;
      const target = ((octet & 0x3f) << 8) | message[at + 1]!;
      if (target >= runStart) return -1;
      if (consumed < 0) consumed = at + 2 - offset;
      bound = message.length;
      runStart = target;
      at = target;
    } else {
      return -1;
    }
  }
  if (consumed < 0) consumed = at - offset;
  return (consumed << 8) | length;
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

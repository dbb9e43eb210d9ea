/** Bounded cursors over octets with a sticky error, and the one Result type: the door of the room. */

export {
  bytesEqual,
  compareBytes,
  concatBytes,
  copyOctets,
  fromBase64,
  fromHex,
  fromLatin1,
  sameOctets,
  toBase64,
  toHex,
  toLatin1,
  wordsView,
} from "./octets.ts";
export { Reader } from "./reader.ts";
export { fail, ok, type Result } from "./result.ts";
export { Writer } from "./writer.ts";

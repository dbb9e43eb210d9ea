/** The checksum of an image: four interleaved multiply-xor lanes over words. Against torn files and bad disks, not against enemies. */
import { Header, OverlayHeader } from "./layout.ts";

/** Over all words but the checksum's own. */
export function imageChecksum(words: Uint32Array, length: number): number {
  return checksum(words, length, Header.Checksum);
}

/** Over an overlay segment's words but the checksum's own. */
export function overlayChecksum(words: Uint32Array, root: number, end: number): number {
  return checksum(words.subarray(root, end), end - root, OverlayHeader.Checksum);
}

function checksum(words: Uint32Array, length: number, own: number): number {
  let a = 0x9e3779b9 | 0;
  let b = 0x85ebca6b | 0;
  let c = 0xc2b2ae35 | 0;
  let d = 0x27d4eb2f | 0;
  const checksumWord = words[own]!;
  words[own] = 0;
  const whole = length - (length % 4);
  for (let i = 0; i < whole; i += 4) {
    a = Math.imul(a ^ words[i]!, 0x01000193);
    b = Math.imul(b ^ words[i + 1]!, 0x01000193);
    c = Math.imul(c ^ words[i + 2]!, 0x01000193);
    d = Math.imul(d ^ words[i + 3]!, 0x01000193);
    a = (a << 7) | (a >>> 25);
    c = (c << 13) | (c >>> 19);
  }
  for (let i = whole; i < length; i++) a = Math.imul(a ^ words[i]!, 0x01000193);
  words[own] = checksumWord;
  let sum = a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  sum = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  return (sum ^ (sum >>> 15)) >>> 0;
}

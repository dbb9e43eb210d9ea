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

/**
 * The word `own` counts as 0, and is not touched for that: the image may be on its way to a file in another thread while it is
 * being verified here.
 */
function checksum(words: Uint32Array, length: number, own: number): number {
  let a = 0x9e3779b9 | 0;
  let b = 0x85ebca6b | 0;
  let c = 0xc2b2ae35 | 0;
  let d = 0x27d4eb2f | 0;
  const whole = length - (length % 4);
  // The group that `own` stands in has a turn of its own, so that the loop over half a gigabyte asks nothing.
  const group = Math.min(own - (own % 4), whole);
  for (let from = 0, to = group; ; from = group + 4, to = whole) {
    for (let i = from; i < to; i += 4) {
      a = Math.imul(a ^ words[i]!, 0x01000193);
      b = Math.imul(b ^ words[i + 1]!, 0x01000193);
      c = Math.imul(c ^ words[i + 2]!, 0x01000193);
      d = Math.imul(d ^ words[i + 3]!, 0x01000193);
      a = (a << 7) | (a >>> 25);
      c = (c << 13) | (c >>> 19);
    }
    if (to === whole) break;
    a = Math.imul(a ^ wordAt(words, group, own), 0x01000193);
    b = Math.imul(b ^ wordAt(words, group + 1, own), 0x01000193);
    c = Math.imul(c ^ wordAt(words, group + 2, own), 0x01000193);
    d = Math.imul(d ^ wordAt(words, group + 3, own), 0x01000193);
    a = (a << 7) | (a >>> 25);
    c = (c << 13) | (c >>> 19);
  }
  for (let i = whole; i < length; i++) a = Math.imul(a ^ wordAt(words, i, own), 0x01000193);
  let sum = a ^ Math.imul(b, 0x85ebca6b) ^ Math.imul(c, 0xc2b2ae35) ^ Math.imul(d, 0x27d4eb2f);
  sum = Math.imul(sum ^ (sum >>> 16), 0x7feb352d);
  return (sum ^ (sum >>> 15)) >>> 0;
}

function wordAt(words: Uint32Array, at: number, own: number): number {
  return at === own ? 0 : words[at]!;
}

/** Questions that live signing in particular may get wrong, besides those of test/differential: names at the length limit. */
import { appendLabel, type Name, printName } from "#name";
import type { Question } from "../peers/index.ts";

const A = 1;
const TXT = 16;
const MAX_NAME = 255;
const MAX_LABEL = 63;

/** What the labels are filled with: the least octet, the greatest, ordinary ones, upper case, and the neighbours of letters. */
const FILLINGS = [0x00, 0xff, 0x61, 0x5a, 0x40, 0x5b];

/**
 * Names of exactly 255, 254, 253 and 252 octets below each encloser: there a `\000.` in front (RFC 9824) no longer fits.
 * @param enclosers any names of the zone with room below them
 */
export function longNameQuestions(enclosers: readonly Name[]): Question[] {
  const questions: Question[] = [];
  for (const encloser of enclosers) {
    for (let length = MAX_NAME; length >= MAX_NAME - 3; length--) {
      for (const filling of FILLINGS) {
        const name = padName(encloser, length, filling);
        if (!name) continue;
        for (const type of [A, TXT]) questions.push({ name: printName(name), type, edns: { do: true } });
      }
    }
  }
  return questions;
}

/** A name of `length` octets below `encloser`; labels are as long as they may be, the first one takes what is left. */
function padName(encloser: Name, length: number, filling: number): Name | undefined {
  let name: Name | undefined = encloser;
  while (name && name.length < length) {
    const room = length - name.length - 1;
    // One octet left over could not become a label: the label before it is made shorter.
    const size = Math.min(MAX_LABEL, room === MAX_LABEL + 1 ? MAX_LABEL - 1 : room);
    if (size < 1) return undefined;
    name = appendLabel(new Uint8Array(size).fill(filling), name);
  }
  return name && name.length === length ? name : undefined;
}

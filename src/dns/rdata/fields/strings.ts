/** Fields that are <character-string>s (RFC 1035 section 3.3): one length octet, then up to 255 octets. */
import type { Reader } from "#bytes";
import type { Copier } from "../copier.ts";
import type { Draft } from "../draft.ts";
import type { Field } from "../spec.ts";
import { printCharacters, type TokenReader } from "../tokens.ts";

export const characterString: Field = {
  copy: copyOne,
  print: printOne,
  read: readOne,
  skip: (rdata, at) => at + 1 + rdata[at]!,
};

/** None or one, at the end (ISDN's subaddress). */
export const optionalCharacterString: Field = {
  ...characterString,
  copy: (c) => {
    if (c.remaining > 0) copyOne(c);
  },
  print: (r) => (r.remaining > 0 ? printOne(r) : undefined),
  read: (t, d) => {
    if (!t.finished) readOne(t, d);
  },
};

/** One or more, up to the end (TXT). */
export const characterStrings: Field = {
  // Every turn takes at least one octet of the RDATA, or fails.
  copy: (c) => {
    do copyOne(c);
    while (!c.failed && c.remaining > 0);
  },
  print: (r) => {
    const texts: string[] = [];
    do texts.push(printOne(r));
    while (r.remaining > 0);
    return texts.join(" ");
  },
  read: (t, d) => {
    do readOne(t, d);
    while (!t.finished && !d.overflow);
  },
  skip: (rdata) => rdata.length,
};

/** What is left, printed as one quoted string without a length octet (URI's target, CAA's value). */
export const textToEnd: Field = {
  copy: (c) => c.copy(c.remaining),
  print: (r) => printCharacters(r.rest()),
  read: (t, d) => d.bytes(t.characters(65535)),
  skip: (rdata) => rdata.length,
};

function copyOne(c: Copier): void {
  c.copy(1 + c.peek(0));
}

function printOne(r: Reader): string {
  return printCharacters(r.bytes(r.u8()));
}

function readOne(t: TokenReader, d: Draft): void {
  const octets = t.characters(255);
  d.u8(octets.length);
  d.bytes(octets);
}

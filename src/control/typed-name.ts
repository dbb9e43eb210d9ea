/** Names as people type them into forms and commands: a blank or a control character is a slip there, never meant. */
import { fail, type Result } from "#bytes";
import { type Name, type NameError, readName } from "#name";

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
const BLANK = /[\u0000-\u0020\u007f]/;

/** Whoever means one writes `\032` (RFC 1035 section 5.1), as in a master file. */
export function readTypedName(text: string, origin?: Name): Result<Name, NameError | "blank"> {
  return BLANK.test(text) ? fail("blank") : readName(text, origin);
}

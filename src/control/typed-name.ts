/** Names as people type them into forms and commands: a blank or a control character is a slip there, never meant. */
import { fail, type Result } from "#bytes";
import { isSubdomain, type Name, type NameError, readName } from "#name";

// biome-ignore lint/suspicious/noControlCharactersInRegex: those are looked for
const BLANK = /[\u0000-\u0020\u007f]/;

/** Whoever means one writes `\032` (RFC 1035 section 5.1), as in a master file. */
export function readTypedName(text: string, origin?: Name): Result<Name, NameError | "blank"> {
  return BLANK.test(text) ? fail("blank") : readName(text, origin);
}

/**
 * As people ask about a zone: `www` is www in it, `@` the zone itself, `www.example.com` in example.com as whole as it looks, and a name
 * with a final dot is absolute, inside or not. (In a master file `www.example.com` would get the origin once more: nobody means that here.)
 */
export function readNameInZone(text: string, apex: Name): Result<Name, NameError | "blank"> {
  const whole = readTypedName(text, text === "@" ? apex : undefined);
  return !whole.ok || isSubdomain(whole.value, apex) ? whole : readTypedName(text, apex);
}

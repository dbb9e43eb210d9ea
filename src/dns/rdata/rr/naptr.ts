/**
 * NAPTR: naming authority pointer, RFC 3403 section 4.1.
 *
 *   | ORDER 16 | PREFERENCE 16 | FLAGS character-string | SERVICES character-string |
 *   | REGEXP character-string | REPLACEMENT name |
 */
import { characterString, decompressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NAPTR: RRTypeSpec = {
  code: 35,
  name: "NAPTR",
  fields: [u16, u16, characterString, characterString, characterString, decompressedName],
};

/**
 * GPOS: geographical position, RFC 1712 section 3.
 *
 *   | LONGITUDE character-string | LATITUDE character-string | ALTITUDE character-string |
 */
import { characterString } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const GPOS: RRTypeSpec = { code: 27, name: "GPOS", fields: [characterString, characterString, characterString] };

/**
 * ISDN: ISDN address, RFC 1183 section 3.2.
 *
 *   | ISDN-address character-string | sa character-string, may be missing |
 */
import { characterString, optionalCharacterString } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const ISDN: RRTypeSpec = { code: 20, name: "ISDN", fields: [characterString, optionalCharacterString] };

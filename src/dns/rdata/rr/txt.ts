/**
 * TXT: text, RFC 1035 section 3.3.14.
 *
 *   | TXT-DATA character-string, one or more |
 */
import { characterStrings } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const TXT: RRTypeSpec = { code: 16, name: "TXT", fields: [characterStrings] };

/**
 * SPF: sender policy framework (obsolete), RFC 7208 section 3.1; the format of TXT.
 *
 *   | character-string, one or more |
 */
import { characterStrings } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SPF: RRTypeSpec = { code: 99, name: "SPF", fields: [characterStrings] };

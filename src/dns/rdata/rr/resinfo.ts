/**
 * RESINFO: resolver information, RFC 9606 section 5; the format of TXT.
 *
 *   | character-string, one or more |
 */
import { characterStrings } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const RESINFO: RRTypeSpec = { code: 261, name: "RESINFO", fields: [characterStrings] };

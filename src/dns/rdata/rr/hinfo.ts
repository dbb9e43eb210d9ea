/**
 * HINFO: host information, RFC 1035 section 3.3.2; answers ANY in RFC 8482 section 4.2.
 *
 *   | CPU character-string | OS character-string |
 */
import { characterString } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const HINFO: RRTypeSpec = { code: 13, name: "HINFO", fields: [characterString, characterString] };

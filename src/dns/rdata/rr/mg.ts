/**
 * MG: mail group member (experimental), RFC 1035 section 3.3.6.
 *
 *   | MGMNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MG: RRTypeSpec = { code: 8, name: "MG", fields: [compressedName] };

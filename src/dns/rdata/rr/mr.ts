/**
 * MR: mail rename (experimental), RFC 1035 section 3.3.8.
 *
 *   | NEWNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MR: RRTypeSpec = { code: 9, name: "MR", fields: [compressedName] };

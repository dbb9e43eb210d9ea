/**
 * PTR: pointer to another name, RFC 1035 section 3.3.12.
 *
 *   | PTRDNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const PTR: RRTypeSpec = { code: 12, name: "PTR", fields: [compressedName] };

/**
 * MD: mail destination (obsolete), RFC 1035 section 3.3.4.
 *
 *   | MADNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MD: RRTypeSpec = { code: 3, name: "MD", fields: [compressedName] };

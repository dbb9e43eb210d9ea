/**
 * CNAME: canonical name of an alias, RFC 1035 section 3.3.1.
 *
 *   | CNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const CNAME: RRTypeSpec = { code: 5, name: "CNAME", fields: [compressedName] };

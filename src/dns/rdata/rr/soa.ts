/**
 * SOA: start of authority, RFC 1035 section 3.3.13.
 *
 *   | MNAME name | RNAME name | SERIAL 32 | REFRESH 32 | RETRY 32 | EXPIRE 32 | MINIMUM 32 |
 */
import { compressedName, seconds, u32 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SOA: RRTypeSpec = {
  code: 6,
  name: "SOA",
  fields: [compressedName, compressedName, u32, seconds, seconds, seconds, seconds],
};

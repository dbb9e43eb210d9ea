/**
 * MX: mail exchange, RFC 1035 section 3.3.9; RFC 7505 for the null MX.
 *
 *   | PREFERENCE 16 | EXCHANGE name |
 */
import { compressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MX: RRTypeSpec = { code: 15, name: "MX", fields: [u16, compressedName], target: 1 };

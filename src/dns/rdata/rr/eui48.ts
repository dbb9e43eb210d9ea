/**
 * EUI48: 48-bit hardware address, RFC 7043 section 3.1.
 *
 *   | Address 48 |
 */
import { dashedHex } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const EUI48: RRTypeSpec = { code: 108, name: "EUI48", fields: [dashedHex(6)] };

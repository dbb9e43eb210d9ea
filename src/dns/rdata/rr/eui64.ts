/**
 * EUI64: 64-bit hardware address, RFC 7043 section 4.1.
 *
 *   | Address 64 |
 */
import { dashedHex } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const EUI64: RRTypeSpec = { code: 109, name: "EUI64", fields: [dashedHex(8)] };

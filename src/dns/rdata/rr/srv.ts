/**
 * SRV: location of a service, RFC 2782.
 *
 *   | Priority 16 | Weight 16 | Port 16 | Target name |
 */
import { decompressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SRV: RRTypeSpec = { code: 33, name: "SRV", fields: [u16, u16, u16, decompressedName], target: 3 };

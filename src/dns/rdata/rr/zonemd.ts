/**
 * ZONEMD: message digest of the zone, RFC 8976 section 2.2.
 *
 *   | Serial 32 | Scheme 8 | Hash Algorithm 8 | Digest |
 */
import { hexToEnd, u8, u32 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const ZONEMD: RRTypeSpec = { code: 63, name: "ZONEMD", fields: [u32, u8, u8, hexToEnd] };

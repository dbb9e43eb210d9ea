/**
 * CSYNC: child-to-parent synchronisation, RFC 7477 section 2.1.1.
 *
 *   | SOA Serial 32 | Flags 16 | Type Bit Map |
 */
import { typeBitmap, u16, u32 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const CSYNC: RRTypeSpec = { code: 62, name: "CSYNC", fields: [u32, u16, typeBitmap] };

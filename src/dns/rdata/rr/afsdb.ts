/**
 * AFSDB: AFS database or DCE nameserver, RFC 1183 section 1.
 *
 *   | SUBTYPE 16 | HOSTNAME name |
 */
import { decompressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const AFSDB: RRTypeSpec = { code: 18, name: "AFSDB", fields: [u16, decompressedName], target: 1 };

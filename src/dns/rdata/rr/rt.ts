/**
 * RT: route through, RFC 1183 section 3.3.
 *
 *   | preference 16 | intermediate-host name |
 */
import { decompressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const RT: RRTypeSpec = { code: 21, name: "RT", fields: [u16, decompressedName], target: 1 };

/**
 * PX: X.400 mail mapping, RFC 2163 section 4.
 *
 *   | PREFERENCE 16 | MAP822 name | MAPX400 name |
 */
import { decompressedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const PX: RRTypeSpec = { code: 26, name: "PX", fields: [u16, decompressedName, decompressedName] };

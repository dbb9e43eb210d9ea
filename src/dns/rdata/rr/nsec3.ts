/**
 * NSEC3: hashed denial of existence, RFC 5155 section 3.2.
 *
 *   | Hash Alg 8 | Flags 8 | Iterations 16 | Salt Length 8 | Salt | Hash Length 8 |
 *   | Next Hashed Owner Name | Type Bit Maps |
 */
import { hashedName, salt, typeBitmap, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NSEC3: RRTypeSpec = { code: 50, name: "NSEC3", fields: [u8, u8, u16, salt, hashedName, typeBitmap] };

/**
 * NSEC3PARAM: parameters of the NSEC3 chain, RFC 5155 section 4.2.
 *
 *   | Hash Alg 8 | Flags 8 | Iterations 16 | Salt Length 8 | Salt |
 */
import { salt, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NSEC3PARAM: RRTypeSpec = { code: 51, name: "NSEC3PARAM", fields: [u8, u8, u16, salt] };

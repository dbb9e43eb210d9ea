/**
 * SSHFP: SSH host key fingerprint, RFC 4255 section 3.1.
 *
 *   | algorithm 8 | fp type 8 | fingerprint |
 */
import { hexToEnd, u8 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SSHFP: RRTypeSpec = { code: 44, name: "SSHFP", fields: [u8, u8, hexToEnd] };

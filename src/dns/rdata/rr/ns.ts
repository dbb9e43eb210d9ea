/**
 * NS: authoritative nameserver, RFC 1035 section 3.3.11.
 *
 *   | NSDNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NS: RRTypeSpec = { code: 2, name: "NS", fields: [compressedName], target: 0 };

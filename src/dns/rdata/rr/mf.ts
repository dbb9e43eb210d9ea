/**
 * MF: mail forwarder (obsolete), RFC 1035 section 3.3.5.
 *
 *   | MADNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MF: RRTypeSpec = { code: 4, name: "MF", fields: [compressedName] };

/**
 * MINFO: mailbox or list information (experimental), RFC 1035 section 3.3.7.
 *
 *   | RMAILBX name | EMAILBX name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MINFO: RRTypeSpec = { code: 14, name: "MINFO", fields: [compressedName, compressedName] };

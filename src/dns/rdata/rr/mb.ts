/**
 * MB: mailbox (experimental), RFC 1035 section 3.3.3.
 *
 *   | MADNAME name |
 */
import { compressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const MB: RRTypeSpec = { code: 7, name: "MB", fields: [compressedName] };

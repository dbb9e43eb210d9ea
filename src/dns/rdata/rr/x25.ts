/**
 * X25: X.121 address, RFC 1183 section 3.1.
 *
 *   | PSDN-address character-string |
 */
import { characterString } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const X25: RRTypeSpec = { code: 19, name: "X25", fields: [characterString] };

/**
 * URI: uniform resource identifier, RFC 7553 section 4.5.
 *
 *   | Priority 16 | Weight 16 | Target |
 */
import { textToEnd, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const URI: RRTypeSpec = { code: 256, name: "URI", fields: [u16, u16, textToEnd] };

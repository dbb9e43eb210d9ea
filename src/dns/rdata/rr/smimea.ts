/**
 * SMIMEA: S/MIME certificate association, RFC 8162 section 2; the same format as TLSA.
 *
 *   | Usage 8 | Selector 8 | Matching Type 8 | Certificate Association Data |
 */
import { hexToEnd, u8 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SMIMEA: RRTypeSpec = { code: 53, name: "SMIMEA", fields: [u8, u8, u8, hexToEnd] };

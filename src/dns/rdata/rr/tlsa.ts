/**
 * TLSA: TLS certificate association, RFC 6698 section 2.1.
 *
 *   | Usage 8 | Selector 8 | Matching Type 8 | Certificate Association Data |
 */
import { hexToEnd, u8 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const TLSA: RRTypeSpec = { code: 52, name: "TLSA", fields: [u8, u8, u8, hexToEnd] };

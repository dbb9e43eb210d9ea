/**
 * NID: node identifier, RFC 6742 section 2.1.
 *
 *   | Preference 16 | NodeID 64 |
 */
import { hexQuads, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NID: RRTypeSpec = { code: 104, name: "NID", fields: [u16, hexQuads] };

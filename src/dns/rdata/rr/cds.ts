/**
 * CDS: DS that the child asks its parent for, RFC 7344 section 3.1; `0 0 0 00` asks for removal (RFC 8078 section 4).
 *
 *   | Key Tag 16 | Algorithm 8 | Digest Type 8 | Digest |
 */
import { algorithm, hexToEnd, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const CDS: RRTypeSpec = { code: 59, name: "CDS", fields: [u16, algorithm, u8, hexToEnd] };

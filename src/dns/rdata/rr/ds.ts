/**
 * DS: delegation signer, RFC 4034 section 5.1.
 *
 *   | Key Tag 16 | Algorithm 8 | Digest Type 8 | Digest |
 */
import { algorithm, hexToEnd, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const DS: RRTypeSpec = { code: 43, name: "DS", fields: [u16, algorithm, u8, hexToEnd] };

/**
 * SIG: signature, RFC 2535 section 4.1; today only SIG(0), RFC 2931.
 *
 *   | type 16 | algorithm 8 | labels 8 | original TTL 32 | expiration 32 | inception 32 | key tag 16 |
 *   | signer name | signature |
 */
import { algorithm, base64ToEnd, decompressedName, moment, rrType, u8, u16, u32 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const SIG: RRTypeSpec = {
  code: 24,
  name: "SIG",
  fields: [rrType, algorithm, u8, u32, moment, moment, u16, decompressedName, base64ToEnd],
};

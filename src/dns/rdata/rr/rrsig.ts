/**
 * RRSIG: signature of an RRset, RFC 4034 section 3.1: the signer is never compressed, and lower-cased when signed (RFC 6840 section 5.1).
 *
 *   | Type Covered 16 | Algorithm 8 | Labels 8 | Original TTL 32 | Expiration 32 | Inception 32 |
 *   | Key Tag 16 | Signer name | Signature |
 */
import { algorithm, base64ToEnd, lowerCasedName, moment, rrType, u8, u16, u32 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const RRSIG: RRTypeSpec = {
  code: 46,
  name: "RRSIG",
  fields: [rrType, algorithm, u8, u32, moment, moment, u16, lowerCasedName, base64ToEnd],
};

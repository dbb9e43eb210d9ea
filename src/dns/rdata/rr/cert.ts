/**
 * CERT: certificate, RFC 4398 section 2.
 *
 *   | type 16 | key tag 16 | algorithm 8 | certificate or CRL |
 */
import { algorithm, base64ToEnd, u16 } from "../fields/index.ts";
import { readMnemonic } from "../fields/numbers.ts";
import type { Field, RRTypeSpec } from "../spec.ts";

/** RFC 4398 section 2.1. Read only: numbers are printed. */
const CERTIFICATE_TYPES: Readonly<Record<string, number>> = {
  PKIX: 1,
  SPKI: 2,
  PGP: 3,
  IPKIX: 4,
  ISPKI: 5,
  IPGP: 6,
  ACPKIX: 7,
  IACPKIX: 8,
  URI: 253,
  OID: 254,
};

const certificateType: Field = { ...u16, read: (t, d) => d.u16(readMnemonic(t, CERTIFICATE_TYPES, 65535)) };

export const CERT: RRTypeSpec = { code: 37, name: "CERT", fields: [certificateType, u16, algorithm, base64ToEnd] };

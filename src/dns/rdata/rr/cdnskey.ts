/**
 * CDNSKEY: DNSKEY that the child asks its parent to make DS of, RFC 7344 section 3.2; `0 3 0 AA==` asks for removal (RFC 8078 section 4).
 *
 *   | Flags 16 | Protocol 8 | Algorithm 8 | Public Key |
 */
import { algorithm, base64ToEnd, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const CDNSKEY: RRTypeSpec = { code: 60, name: "CDNSKEY", fields: [u16, u8, algorithm, base64ToEnd] };

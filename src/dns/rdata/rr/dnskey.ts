/**
 * DNSKEY: zone key, RFC 4034 section 2.1.
 *
 *   | Flags 16 | Protocol 8 | Algorithm 8 | Public Key |
 */
import { algorithm, base64ToEnd, u8, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const DNSKEY: RRTypeSpec = { code: 48, name: "DNSKEY", fields: [u16, u8, algorithm, base64ToEnd] };

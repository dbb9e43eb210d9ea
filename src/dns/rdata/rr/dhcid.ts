/**
 * DHCID: DHCP client identifier, RFC 4701 section 3.1.
 *
 *   | identifier type 16 | digest type 8 | digest |
 */
import { base64ToEnd } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const DHCID: RRTypeSpec = { code: 49, name: "DHCID", fields: [base64ToEnd] };

/**
 * AAAA: IPv6 host address, RFC 3596 section 2.2.
 *
 *   | ADDRESS 128 |
 */
import { ipv6 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const AAAA: RRTypeSpec = { code: 28, name: "AAAA", fields: [ipv6] };

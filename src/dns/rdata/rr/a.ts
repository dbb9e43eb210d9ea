/**
 * A: IPv4 host address, RFC 1035 section 3.4.1.
 *
 *   | ADDRESS 32 |
 */
import { ipv4 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const A: RRTypeSpec = { code: 1, name: "A", fields: [ipv4] };

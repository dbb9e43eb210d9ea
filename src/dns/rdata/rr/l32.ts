/**
 * L32: 32-bit locator, RFC 6742 section 2.2.
 *
 *   | Preference 16 | Locator32 32 |
 */
import { ipv4, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const L32: RRTypeSpec = { code: 105, name: "L32", fields: [u16, ipv4] };

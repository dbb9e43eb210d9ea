/**
 * L64: 64-bit locator, RFC 6742 section 2.3.
 *
 *   | Preference 16 | Locator64 64 |
 */
import { hexQuads, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const L64: RRTypeSpec = { code: 106, name: "L64", fields: [u16, hexQuads] };

/**
 * KX: key exchanger, RFC 2230 section 3.1.
 *
 *   | PREFERENCE 16 | EXCHANGER name |
 */
import { lowerCasedName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const KX: RRTypeSpec = { code: 36, name: "KX", fields: [u16, lowerCasedName], target: 1 };

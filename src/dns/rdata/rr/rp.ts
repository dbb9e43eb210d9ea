/**
 * RP: responsible person, RFC 1183 section 2.2.
 *
 *   | mbox-dname name | txt-dname name |
 */
import { decompressedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const RP: RRTypeSpec = { code: 17, name: "RP", fields: [decompressedName, decompressedName] };

/**
 * NSEC: next secure name, RFC 4034 section 4.1: the next name keeps its case in canonical form (RFC 6840 section 5.1).
 *
 *   | Next Domain Name name | Type Bit Maps |
 */
import { plainName, typeBitmap } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const NSEC: RRTypeSpec = { code: 47, name: "NSEC", fields: [plainName, typeBitmap] };

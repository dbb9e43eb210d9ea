/**
 * LP: locator pointer, RFC 6742 section 2.4.
 *
 *   | Preference 16 | FQDN name |
 */
import { plainName, u16 } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const LP: RRTypeSpec = { code: 107, name: "LP", fields: [u16, plainName] };

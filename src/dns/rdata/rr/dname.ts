/**
 * DNAME: redirection of a subtree, RFC 6672 section 2.1: the target is never compressed.
 *
 *   | TARGET name |
 */
import { lowerCasedName } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const DNAME: RRTypeSpec = { code: 39, name: "DNAME", fields: [lowerCasedName] };

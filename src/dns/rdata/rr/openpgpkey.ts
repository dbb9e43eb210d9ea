/**
 * OPENPGPKEY: OpenPGP key, RFC 7929 section 2.1.
 *
 *   | Transferable Public Key |
 */
import { base64ToEnd } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const OPENPGPKEY: RRTypeSpec = { code: 61, name: "OPENPGPKEY", fields: [base64ToEnd] };

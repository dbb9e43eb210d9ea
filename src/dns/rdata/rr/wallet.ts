/**
 * WALLET: public wallet address; the format of TXT.
 *
 *   | character-string, one or more |
 */
import { characterStrings } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const WALLET: RRTypeSpec = { code: 262, name: "WALLET", fields: [characterStrings] };

/**
 * AVC: application visibility and control; the format of TXT.
 *
 *   | character-string, one or more |
 */
import { characterStrings } from "../fields/index.ts";
import type { RRTypeSpec } from "../spec.ts";

export const AVC: RRTypeSpec = { code: 258, name: "AVC", fields: [characterStrings] };

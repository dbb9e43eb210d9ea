/**
 * DSYNC: where the parent takes notifications, RFC 9859 section 2.1.
 *
 *   | RRtype 16 | Scheme 8 | Port 16 | Target name |
 */
import { plainName, rrType, u8, u16 } from "../fields/index.ts";
import { readMnemonic } from "../fields/numbers.ts";
import type { Field, RRTypeSpec } from "../spec.ts";

const scheme: Field = {
  ...u8,
  print: (r) => {
    const value = r.u8();
    return value === 1 ? "NOTIFY" : String(value);
  },
  read: (t, d) => d.u8(readMnemonic(t, { NOTIFY: 1 }, 255)),
};

export const DSYNC: RRTypeSpec = { code: 66, name: "DSYNC", fields: [rrType, scheme, u16, plainName] };

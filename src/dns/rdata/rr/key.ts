/**
 * KEY: public key, RFC 2535 section 3.1; today only for SIG(0) (RFC 3445). Flags with both top bits set say "no key":
 * then the key is empty.
 *
 *   | flags 16 | protocol 8 | algorithm 8 | public key |
 */
import { algorithm, base64ToEnd, u8, u16 } from "../fields/index.ts";
import type { Field, RRTypeSpec } from "../spec.ts";

const maybeKey: Field = {
  ...base64ToEnd,
  copy: (c) => c.copy(c.remaining),
  print: (r) => (r.remaining > 0 ? base64ToEnd.print(r) : undefined),
  read: (t, d) => {
    if (!t.finished) base64ToEnd.read(t, d);
  },
};

export const KEY: RRTypeSpec = { code: 25, name: "KEY", fields: [u16, u8, algorithm, maybeKey] };

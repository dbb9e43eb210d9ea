/**
 * OPT: EDNS pseudo-record, RFC 6891 section 6.1.2. No text form, never in a zone.
 *
 *   | ( OPTION-CODE 16 | OPTION-LENGTH 16 | OPTION-DATA )* |
 */
import type { Field, RRTypeSpec } from "../spec.ts";

const options: Field = {
  // Every turn takes at least four octets, or fails.
  copy: (c) => {
    while (!c.failed && c.remaining > 0) c.copy(4 + c.peekU16(2));
  },
  print: () => undefined,
  read: (t) => t.fail("no-text-form"),
  skip: (rdata) => rdata.length,
};

export const OPT: RRTypeSpec = { code: 41, name: "OPT", fields: [options], text: false };

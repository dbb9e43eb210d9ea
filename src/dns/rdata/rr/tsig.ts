/**
 * TSIG: transaction signature, RFC 8945 section 4.2. No text form, never in a zone; the algorithm name is not compressed.
 *
 *   | Algorithm Name name | Time Signed 48 | Fudge 16 | MAC Size 16 | MAC | Original ID 16 | Error 16 | Other Len 16 | Other Data |
 */
import type { Field, RRTypeSpec } from "../spec.ts";

const transaction: Field = {
  copy: (c) => {
    c.name(false);
    c.copy(8);
    c.copy(2 + c.peekU16(0));
    c.copy(4);
    c.copy(2 + c.peekU16(0));
  },
  print: () => undefined,
  read: (t) => t.fail("no-text-form"),
  skip: (rdata) => rdata.length,
};

export const TSIG: RRTypeSpec = { code: 250, name: "TSIG", fields: [transaction], text: false };

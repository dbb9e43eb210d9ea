/**
 * CAA: certification authority authorization, RFC 8659 section 4.1. The tag is ASCII letters and digits, at least one.
 *
 *   | Flags 8 | Tag Length 8 | Tag | Value |
 */
import { fromLatin1, toLatin1 } from "#bytes";
import { textToEnd, u8 } from "../fields/index.ts";
import type { Field, RRTypeSpec } from "../spec.ts";

const TAG = /^[A-Za-z0-9]{1,255}$/;

const tag: Field = {
  copy: (c) => {
    const length = c.peek(0);
    if (length === 0) c.failed = true;
    for (let i = 1; i <= length && !c.failed; i++) {
      if (!TAG.test(String.fromCharCode(c.peek(i)))) c.failed = true;
    }
    c.copy(1 + length);
  },
  print: (r) => toLatin1(r.bytes(r.u8())),
  read: (t, d) => {
    const token = t.next();
    if (!TAG.test(token)) {
      t.fail("bad-mnemonic");
      return;
    }
    d.u8(token.length);
    d.bytes(fromLatin1(token));
  },
  skip: (rdata, at) => at + 1 + rdata[at]!,
};

export const CAA: RRTypeSpec = { code: 257, name: "CAA", fields: [u8, tag, textToEnd] };

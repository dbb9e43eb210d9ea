/**
 * NXT: next name, RFC 2535 section 5.2; replaced by NSEC. Its bitmap is plain, for types 1 to 127; bit 0 means another
 * format, which was never defined.
 *
 *   | next domain name | type bit map, 1 to 16 octets |
 */
import { decompressedName } from "../fields/index.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import { typeCode, typeName } from "../types.ts";

const plainBitmap: Field = {
  copy: (c) => {
    if (c.remaining < 1 || c.remaining > 16 || c.peek(0) >= 0x80 || c.peek(c.remaining - 1) === 0) c.failed = true;
    c.copy(c.remaining);
  },
  print: (r) => {
    const bits = r.rest();
    const names: string[] = [];
    for (let type = 0; type < bits.length * 8; type++) {
      if ((bits[type >> 3]! & (0x80 >> (type & 7))) !== 0) names.push(typeName(type));
    }
    return names.join(" ");
  },
  read: (t, d) => {
    const bits = new Uint8Array(16);
    let length = 0;
    while (!t.finished) {
      const code = typeCode(t.next());
      if (code === undefined || code < 1 || code > 127) {
        t.fail("bad-type");
        return;
      }
      bits[code >> 3]! |= 0x80 >> (code & 7);
      length = Math.max(length, (code >> 3) + 1);
    }
    d.bytes(bits.subarray(0, length));
  },
  skip: (rdata) => rdata.length,
};

export const NXT: RRTypeSpec = { code: 30, name: "NXT", fields: [decompressedName, plainBitmap] };

/** Fields that are octets shown as base64, hex or base32hex, and type bitmaps. */
import { fromBase64, fromHex, toBase64, toHex } from "#bytes";
import { base32hexDecode, base32hexEncode } from "../base32.ts";
import { isTypeBitmap, parseTypeBitmap, writeTypeBitmap } from "../bitmap.ts";
import type { Field } from "../spec.ts";
import { RRType, typeCode, typeName } from "../types.ts";

/** At least one octet up to the end, as base64 that may be broken by blanks. */
export const base64ToEnd: Field = {
  copy: (c) => (c.remaining > 0 ? c.copy(c.remaining) : void c.peek(0)),
  print: (r) => toBase64(r.rest()),
  read: (t, d) => {
    const octets = fromBase64(t.rest());
    if (!octets || octets.length === 0) t.fail("bad-base64");
    else d.bytes(octets);
  },
  skip: (rdata) => rdata.length,
};

/** At least one octet up to the end, as hex that may be broken by blanks. */
export const hexToEnd: Field = {
  ...base64ToEnd,
  print: (r) => toHex(r.rest()).toUpperCase(),
  read: (t, d) => {
    const octets = fromHex(t.rest());
    if (!octets || octets.length === 0) t.fail("bad-hex");
    else d.bytes(octets);
  },
};

/** One length octet, then hex; `-` for none (NSEC3's salt, RFC 5155 section 3.3). */
export const salt: Field = {
  copy: (c) => c.copy(1 + c.peek(0)),
  print: (r) => {
    const octets = r.bytes(r.u8());
    return octets.length === 0 ? "-" : toHex(octets).toUpperCase();
  },
  read: (t, d) => {
    const token = t.next();
    const octets = token === "-" ? new Uint8Array(0) : fromHex(token);
    if (!octets || octets.length > 255 || (octets.length === 0 && token !== "-")) {
      t.fail("bad-hex");
      return;
    }
    d.u8(octets.length);
    d.bytes(octets);
  },
  skip: (rdata, at) => at + 1 + rdata[at]!,
};

/** One length octet, 1 to 255, then base32hex without padding (NSEC3's next hashed owner name). */
export const hashedName: Field = {
  copy: (c) => {
    if (c.peek(0) === 0) c.failed = true;
    c.copy(1 + c.peek(0));
  },
  print: (r) => base32hexEncode(r.bytes(r.u8())).toUpperCase(),
  read: (t, d) => {
    const octets = base32hexDecode(t.next());
    if (!octets || octets.length < 1 || octets.length > 255) {
      t.fail("bad-base32");
      return;
    }
    d.u8(octets.length);
    d.bytes(octets);
  },
  skip: (rdata, at) => at + 1 + rdata[at]!,
};

/** Type bitmap up to the end (RFC 4034 section 4.1.2), as mnemonics. */
export const typeBitmap: Field = {
  copy: (c) => {
    if (c.failed || !isTypeBitmap(c.source, c.at, c.end)) c.failed = true;
    else c.copy(c.remaining);
  },
  print: (r) => {
    const bitmap = r.rest();
    if (!isTypeBitmap(bitmap, 0, bitmap.length)) r.fail();
    return bitmap.length === 0 ? undefined : parseTypeBitmap(bitmap).map(printType).join(" ");
  },
  read: (t, d) => {
    const types: number[] = [];
    while (!t.finished) {
      const code = typeCode(t.next());
      if (code === undefined) t.fail("bad-type");
      else types.push(code);
    }
    d.bytes(writeTypeBitmap(types));
  },
  skip: (rdata) => rdata.length,
};

/** NXNAME (RFC 9824) is younger than the zone file readers of most tools: they take its number only. */
function printType(code: number): string {
  return code === RRType.NXNAME ? "TYPE128" : typeName(code);
}

/** `count` octets as hex pairs with `-` between them (EUI48 and EUI64, RFC 7043). */
export function dashedHex(count: number): Field {
  return groupedHex(count, 1, "-");
}

/** 64 bits as four groups of four hex digits with `:` between them (NID and L64, RFC 6742). */
export const hexQuads: Field = groupedHex(8, 2, ":");

function groupedHex(count: number, groupLength: number, separator: string): Field {
  const digits = groupLength === 1 ? "[0-9a-fA-F]{2}" : "[0-9a-fA-F]{1,4}";
  const pattern = new RegExp(`^${digits}(${separator}${digits}){${count / groupLength - 1}}$`);
  return {
    copy: (c) => c.copy(count),
    print: (r) => {
      const groups: string[] = [];
      for (let i = 0; i < count; i += groupLength) groups.push(toHex(r.bytes(groupLength)));
      return groups.join(separator);
    },
    read: (t, d) => {
      const token = t.next();
      if (!pattern.test(token)) {
        t.fail("bad-hex");
        return;
      }
      const groups = token.split(separator).map((group) => group.padStart(2 * groupLength, "0"));
      d.bytes(fromHex(groups.join(""))!);
    },
    skip: (_, at) => at + count,
  };
}

/** Fields that are numbers: plain, with mnemonics, and times. */
import type { Reader } from "#bytes";
import type { Field } from "../spec.ts";
import { readNumber, readTtl, type TokenReader } from "../tokens.ts";
import { typeCode, typeName } from "../types.ts";

export const u8: Field = {
  copy: (c) => c.copy(1),
  print: (r) => String(r.u8()),
  read: (t, d) => d.u8(t.number(255)),
  skip: (_, at) => at + 1,
};

export const u16: Field = {
  copy: (c) => c.copy(2),
  print: (r) => String(r.u16()),
  read: (t, d) => d.u16(t.number(65535)),
  skip: (_, at) => at + 2,
};

export const u32: Field = {
  copy: (c) => c.copy(4),
  print: (r) => String(r.u32()),
  read: (t, d) => d.u32(t.number(0xffffffff)),
  skip: (_, at) => at + 4,
};

/** 32 bits that may be written as `1h30m`. */
export const seconds: Field = {
  ...u32,
  read: (t, d) => {
    const value = readTtl(t.next());
    if (value === undefined) t.fail("bad-number");
    d.u32(value ?? 0);
  },
};

/** An RR type by mnemonic. */
export const rrType: Field = {
  ...u16,
  print: (r) => typeName(r.u16()),
  read: (t, d) => {
    const code = typeCode(t.next());
    if (code === undefined) t.fail("bad-type");
    d.u16(code ?? 0);
  },
};

/** DNSSEC algorithm numbers by mnemonic (IANA); read only, numbers are printed. */
const ALGORITHMS: Readonly<Record<string, number>> = {
  DELETE: 0,
  RSAMD5: 1,
  DH: 2,
  DSA: 3,
  RSASHA1: 5,
  "DSA-NSEC3-SHA1": 6,
  "RSASHA1-NSEC3-SHA1": 7,
  NSEC3DSA: 6,
  NSEC3RSASHA1: 7,
  RSASHA256: 8,
  RSASHA512: 10,
  "ECC-GOST": 12,
  ECCGOST: 12,
  ECDSAP256SHA256: 13,
  ECDSAP384SHA384: 14,
  ED25519: 15,
  ED448: 16,
  INDIRECT: 252,
  PRIVATEDNS: 253,
  PRIVATEOID: 254,
};

export const algorithm: Field = {
  ...u8,
  read: (t, d) => d.u8(readMnemonic(t, ALGORITHMS, 255)),
};

/** A number at most `max`, or one of `names`. */
export function readMnemonic(t: TokenReader, names: Readonly<Record<string, number>>, max: number): number {
  const token = t.next();
  const upper = token.toUpperCase();
  const value = readNumber(token, max) ?? (Object.hasOwn(names, upper) ? names[upper] : undefined);
  if (value === undefined) t.fail("bad-mnemonic");
  return value ?? 0;
}

/**
 * A moment as YYYYMMDDHHmmSS in UTC (RFC 4034 section 3.2); seconds since 1970 are read as well. Printed as 1970 to 2106.
 * Other years are read modulo 2^32 seconds: serial arithmetic makes no difference, and BIND prints what is nearest to now.
 */
export const moment: Field = {
  ...u32,
  print: (r) => printMoment(r),
  read: (t, d) => {
    const value = readMoment(t.next());
    if (value === undefined) t.fail("bad-time");
    d.u32(value ?? 0);
  },
};

function printMoment(r: Reader): string {
  return new Date(r.u32() * 1000).toISOString().slice(0, 19).replace(/[-T:]/g, "");
}

function readMoment(text: string): number | undefined {
  const parts = /^([0-9]{4})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})$/.exec(text);
  if (!parts) return readNumber(text, 0xffffffff);
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const milliseconds = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries over (month 13, day 31 of June): only a date that prints as it was written is one.
  const printed = Number.isNaN(milliseconds) ? "" : new Date(milliseconds).toISOString().slice(0, 19);
  if (printed.replace(/[-T:]/g, "") !== text) return undefined;
  return (((milliseconds / 1000) % 0x1_0000_0000) + 0x1_0000_0000) % 0x1_0000_0000;
}

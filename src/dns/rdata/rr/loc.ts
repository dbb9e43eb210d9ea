/**
 * LOC: location on Earth, RFC 1876 sections 2 and 3.
 *
 *   | VERSION 8, 0 | SIZE 8 | HORIZ PRE 8 | VERT PRE 8 | LATITUDE 32 | LONGITUDE 32 | ALTITUDE 32 |
 *
 * Size and precisions: mantissa in the high half octet, power of ten in the low one, in centimetres, 0 to 9 each.
 * Latitude and longitude: thousandths of a second of arc plus 2^31. Altitude: centimetres above -100 km.
 */
import type { Reader } from "#bytes";
import type { Copier } from "../copier.ts";
import type { Draft } from "../draft.ts";
import type { Field, RRTypeSpec } from "../spec.ts";
import type { TokenReader } from "../tokens.ts";

const EQUATOR = 0x8000_0000;
const MAX_LATITUDE = 90 * 3_600_000;
const MAX_LONGITUDE = 180 * 3_600_000;
/** Centimetres. */
const ALTITUDE_BASE = 10_000_000;
/** RFC 1876 section 3: 1 m, 10 km, 10 m. */
const DEFAULT_PRECISIONS = [0x12, 0x16, 0x13] as const;

const body: Field = {
  copy: copyBody,
  print: (r) => {
    if (r.u8() !== 0) r.fail();
    const precisions = [r.u8(), r.u8(), r.u8()].map(printPrecision);
    const latitude = printAngle(r, "N", "S");
    const longitude = printAngle(r, "E", "W");
    const altitude = printMetres(r.u32() - ALTITUDE_BASE);
    return `${latitude} ${longitude} ${altitude} ${precisions.join(" ")}`;
  },
  read: readBody,
  skip: (_, at) => at + 16,
};

function copyBody(c: Copier): void {
  if (c.peek(0) !== 0) c.failed = true;
  for (let i = 1; i <= 3; i++) if (c.peek(i) >> 4 > 9 || (c.peek(i) & 15) > 9) c.failed = true;
  const latitude = c.peekU16(4) * 65536 + c.peekU16(6);
  const longitude = c.peekU16(8) * 65536 + c.peekU16(10);
  if (Math.abs(latitude - EQUATOR) > MAX_LATITUDE || Math.abs(longitude - EQUATOR) > MAX_LONGITUDE) c.failed = true;
  c.copy(16);
}

function printAngle(r: Reader, positive: string, negative: string): string {
  const value = r.u32() - EQUATOR;
  const thousandths = Math.abs(value);
  const degrees = Math.floor(thousandths / 3_600_000);
  const minutes = Math.floor(thousandths / 60_000) % 60;
  const seconds = ((thousandths % 60_000) / 1000).toFixed(3);
  return `${degrees} ${minutes} ${seconds} ${value >= 0 ? positive : negative}`;
}

/** Integer arithmetic: 42949672.95 m must come back as it was. */
function printMetres(centimetres: number): string {
  const sign = centimetres < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(centimetres) / 100);
  return `${sign}${whole}.${String(Math.abs(centimetres) % 100).padStart(2, "0")}m`;
}

function printPrecision(octet: number): string {
  return printMetres((octet >> 4) * 10 ** (octet & 15));
}

function readBody(t: TokenReader, d: Draft): void {
  const latitude = readAngle(t, "N", "S", MAX_LATITUDE);
  const longitude = readAngle(t, "E", "W", MAX_LONGITUDE);
  const altitude = readMetres(t) + ALTITUDE_BASE;
  const precisions = DEFAULT_PRECISIONS.map((standard) => (t.finished ? standard : readPrecision(t)));
  if (altitude < 0 || altitude > 0xffffffff) t.fail("bad-location");
  d.u8(0);
  for (const octet of precisions) d.u8(octet);
  d.u32(latitude + EQUATOR);
  d.u32(longitude + EQUATOR);
  d.u32(altitude);
}

/** `degrees [minutes [seconds]] letter`. */
function readAngle(t: TokenReader, positive: string, negative: string, max: number): number {
  const parts: string[] = [];
  for (let i = 0; i < 4; i++) {
    const token = t.next();
    const upper = token.toUpperCase();
    if (upper !== positive && upper !== negative) {
      parts.push(token);
      continue;
    }
    const text = /^([0-9]{1,3})(?: ([0-9]{1,2})(?: ([0-9]{1,2})(?:\.([0-9]{1,3}))?)?)?$/.exec(parts.join(" "));
    const [degrees, minutes, seconds] = [1, 2, 3].map((group) => Number(text?.[group] ?? 0)) as [
      number,
      number,
      number,
    ];
    const fraction = Number((text?.[4] ?? "").padEnd(3, "0"));
    const value = degrees * 3_600_000 + minutes * 60_000 + seconds * 1000 + fraction;
    if (!text || minutes > 59 || seconds > 59 || value > max) break;
    return upper === positive ? value : -value;
  }
  t.fail("bad-location");
  return 0;
}

/** `-12.34m` or without the unit, in centimetres. */
function readMetres(t: TokenReader): number {
  const parts = /^(-?)([0-9]{1,9})(?:\.([0-9]{1,2}))?m?$/i.exec(t.next());
  if (!parts) t.fail("bad-location");
  const centimetres = Number(parts?.[2] ?? 0) * 100 + Number((parts?.[3] ?? "").padEnd(2, "0"));
  return parts?.[1] === "-" ? -centimetres : centimetres;
}

function readPrecision(t: TokenReader): number {
  let mantissa = readMetres(t);
  let exponent = 0;
  if (mantissa < 0) t.fail("bad-location");
  while (mantissa >= 10 && exponent < 10) {
    mantissa = Math.floor(mantissa / 10);
    exponent++;
  }
  if (exponent > 9) t.fail("bad-location");
  return (mantissa << 4) | exponent;
}

export const LOC: RRTypeSpec = { code: 29, name: "LOC", fields: [body] };

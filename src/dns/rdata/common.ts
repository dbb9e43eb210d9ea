/**
 * Straight code for the types that fill zones: a transfer of a million records comes through here. Everything else goes
 * by its field list. A test holds each one against the field list of its type.
 */
import { copyName } from "#name";
import { isTypeBitmap } from "./bitmap.ts";

const A = 1;
const NS = 2;
const CNAME = 5;
const SOA = 6;
const PTR = 12;
const MX = 15;
const TXT = 16;
const AAAA = 28;
const DS = 43;
const RRSIG = 46;
const NSEC = 47;
const DNSKEY = 48;
const NSEC3 = 50;

export const COMMON_TYPES = [A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, DS, RRSIG, NSEC, DNSKEY, NSEC3] as const;

/** `parseRdataInto` said: this type is not common. */
export const NOT_COMMON = -2;

/**
 * Checks the RDATA at `source[at..end)` (within `source`) and writes it uncompressed to `out[outAt]`. Octets written, -1
 * when malformed, `NOT_COMMON`. Octets past the end of `out` are lost: the caller compares lengths.
 */
export function copyCommon(
  type: number,
  source: Uint8Array,
  at: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  pointers: boolean,
): number {
  switch (type) {
    case A:
      return end - at === 4 ? copyPlain(source, at, end, out, outAt) : -1;
    case AAAA:
      return end - at === 16 ? copyPlain(source, at, end, out, outAt) : -1;
    case NS:
    case CNAME:
    case PTR:
      return copyNameBetween(source, at, end, out, outAt, 0, pointers, 0);
    case MX:
      return copyNameBetween(source, at, end, out, outAt, 2, pointers, 0);
    case SOA:
      return copySoa(source, at, end, out, outAt, pointers);
    case TXT:
      return isStrings(source, at, end) ? copyPlain(source, at, end, out, outAt) : -1;
    case DS:
    case DNSKEY:
      return end - at > 4 ? copyPlain(source, at, end, out, outAt) : -1;
    case RRSIG:
      return copyNameBetween(source, at, end, out, outAt, 18, false, 1);
    case NSEC: {
      const name = copyName(source, at, end, out, outAt, false);
      if (name < 0 || !isTypeBitmap(source, at + (name >> 8), end)) return -1;
      return (name & 255) + copyPlain(source, at + (name >> 8), end, out, outAt + (name & 255));
    }
    case NSEC3:
      return isNsec3(source, at, end) ? copyPlain(source, at, end, out, outAt) : -1;
    default:
      return NOT_COMMON;
  }
}

/** A loop and not `set`: for a few dozen octets a view costs more than the copy. */
function copyPlain(source: Uint8Array, at: number, end: number, out: Uint8Array, outAt: number): number {
  for (let i = at, j = outAt; i < end; i++, j++) out[j] = source[i]!;
  return end - at;
}

/** `before` plain octets, a name, then at least `after` plain octets, or exactly none when `after` is 0. */
function copyNameBetween(
  source: Uint8Array,
  at: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  before: number,
  pointers: boolean,
  after: number,
): number {
  const nameAt = at + before;
  const name = copyName(source, nameAt, end, out, outAt + before, pointers);
  if (name < 0) return -1;
  const next = nameAt + (name >> 8);
  if (after === 0 ? next !== end : end - next < after) return -1;
  copyPlain(source, at, nameAt, out, outAt);
  const length = before + (name & 255);
  return length + copyPlain(source, next, end, out, outAt + length);
}

function copySoa(
  source: Uint8Array,
  at: number,
  end: number,
  out: Uint8Array,
  outAt: number,
  pointers: boolean,
): number {
  const mname = copyName(source, at, end, out, outAt, pointers);
  if (mname < 0) return -1;
  const rnameAt = at + (mname >> 8);
  const rname = copyName(source, rnameAt, end, out, outAt + (mname & 255), pointers);
  const next = rnameAt + (rname >> 8);
  if (rname < 0 || end - next !== 20) return -1;
  const length = (mname & 255) + (rname & 255);
  return length + copyPlain(source, next, end, out, outAt + length);
}

/** One or more character-strings that fill the window. */
function isStrings(source: Uint8Array, at: number, end: number): boolean {
  let i = at;
  while (i < end) i += 1 + source[i]!;
  return i === end && at < end;
}

function isNsec3(source: Uint8Array, at: number, end: number): boolean {
  if (end - at < 6) return false;
  const hashAt = at + 5 + source[at + 4]!;
  if (hashAt >= end || source[hashAt] === 0) return false;
  const bitmapAt = hashAt + 1 + source[hashAt]!;
  return bitmapAt <= end && isTypeBitmap(source, bitmapAt, end);
}

/**
 * The TSIG record (RFC 8945 section 4.2) at the end of a message: found, read, taken off and put on.
 *
 * ```
 *  key name | TSIG 250 | ANY 255 | TTL 0 | RDLENGTH | algorithm | time 48 | fudge 16 | MAC size, MAC | original ID | error | other size, other
 * ```
 */
import { fail, ok, Reader, type Result, Writer } from "#bytes";
import { lowerName, type Name, parseName, skipName } from "#name";
import { RRClass, RRType } from "#rdata";

export type TsigRecord = {
  /** Offset of the record in its message: what stands before it was signed. */
  readonly at: number;
  readonly keyName: Name;
  readonly algorithm: Name;
  /** Seconds since 1970, 48 bits. */
  readonly timeSigned: number;
  /** Seconds. */
  readonly fudge: number;
  readonly mac: Uint8Array;
  readonly originalId: number;
  /** `TsigError`, or 0. */
  readonly error: number;
  readonly other: Uint8Array;
};

/** TSIG error field values (RFC 8945 section 3): extended RCODEs. */
export const TsigError = { None: 0, BadSig: 16, BadKey: 17, BadTime: 18, BadTrunc: 22 } as const;

const HEADER = 12;

/**
 * The TSIG record of a message; undefined when there is none. "form-error" for a message that can't be walked, a TSIG
 * that is not the last record, a second one, one of wrong class or TTL, or octets behind it (RFC 8945 section 5.1).
 */
export function findTsig(message: Uint8Array): Result<TsigRecord | undefined, "form-error"> {
  const header = new Reader(message);
  header.skip(4);
  const questions = header.u16();
  const records = header.u16() + header.u16();
  const additional = header.u16();
  if (header.failed) return fail("form-error");
  if (additional === 0) return ok(undefined);
  let at = HEADER;
  for (let i = 0; i < questions; i++) {
    at = skipName(message, at);
    if (at < 0 || at + 4 > message.length) return fail("form-error");
    at += 4;
  }
  // Bounded by the message: each record takes 11 octets at least, or the walk fails.
  for (let left = records + additional; left > 0; left--) {
    const fixed = skipName(message, at);
    if (fixed < 0 || fixed + 10 > message.length) return fail("form-error");
    const type = (message[fixed]! << 8) | message[fixed + 1]!;
    const end = fixed + 10 + ((message[fixed + 8]! << 8) | message[fixed + 9]!);
    if (end > message.length) return fail("form-error");
    if (type === RRType.TSIG) return left === 1 && end === message.length ? readTsig(message, at) : fail("form-error");
    at = end;
  }
  return ok(undefined);
}

function readTsig(message: Uint8Array, at: number): Result<TsigRecord, "form-error"> {
  const owner = parseName(message, at);
  if (!owner) return fail("form-error");
  const reader = new Reader(message, owner.next);
  reader.skip(2);
  const rrClass = reader.u16();
  const ttl = reader.u32();
  const rdata = reader.window(reader.u16());
  const algorithm = parseName(message, rdata.offset, rdata.end);
  if (!algorithm || rrClass !== RRClass.ANY || ttl !== 0) return fail("form-error");
  rdata.skip(algorithm.next - rdata.offset);
  const record: TsigRecord = {
    at,
    keyName: owner.name,
    algorithm: algorithm.name,
    timeSigned: rdata.u48(),
    fudge: rdata.u16(),
    mac: copyOf(rdata.bytes(rdata.u16())),
    originalId: rdata.u16(),
    error: rdata.u16(),
    other: copyOf(rdata.bytes(rdata.u16())),
  };
  return rdata.finished ? ok(record) : fail("form-error");
}

/** The message as it was before signing: TSIG off, ARCOUNT one less. A copy; the ID stays the one on the wire. */
export function stripTsig(message: Uint8Array, record: TsigRecord): Uint8Array {
  const stripped = copyOf(message.subarray(0, record.at));
  addToArcount(stripped, -1);
  return stripped;
}

/** `message` with a TSIG record behind it. Throws when that passes 65,535 octets: callers leave room (`tsigLength`). */
export function appendTsig(message: Uint8Array, record: Omit<TsigRecord, "at">): Uint8Array {
  const { keyName, algorithm, mac, other } = record;
  const signed = new Uint8Array(message.length + recordLength(keyName, algorithm, mac.length, other.length));
  if (signed.length > 65_535) throw new Error("no room for TSIG in the message");
  signed.set(message);
  addToArcount(signed, 1);
  const writer = new Writer(signed, message.length);
  writer.bytes(keyName);
  writer.u16(RRType.TSIG);
  writer.u16(RRClass.ANY);
  writer.u32(0);
  writer.u16(algorithm.length + 16 + mac.length + other.length);
  writer.bytes(algorithm);
  writer.u48(record.timeSigned);
  writer.u16(record.fudge);
  writer.u16(mac.length);
  writer.bytes(mac);
  writer.u16(record.originalId);
  writer.u16(record.error);
  writer.u16(other.length);
  writer.bytes(other);
  return signed;
}

/** Octets that a TSIG record takes. */
export function recordLength(keyName: Name, algorithm: Name, macLength: number, otherLength: number): number {
  return keyName.length + 10 + algorithm.length + 16 + macLength + otherLength;
}

/** "TSIG Variables" of RFC 8945 section 4.3.3, for the digest. */
export function tsigVariables(record: Omit<TsigRecord, "at" | "mac" | "originalId">): Uint8Array {
  const { keyName, algorithm, other } = record;
  const writer = new Writer(new Uint8Array(keyName.length + algorithm.length + 18 + other.length));
  writer.bytes(lowerName(keyName));
  writer.u16(RRClass.ANY);
  writer.u32(0);
  writer.bytes(lowerName(algorithm));
  writer.u48(record.timeSigned);
  writer.u16(record.fudge);
  writer.u16(record.error);
  writer.u16(other.length);
  writer.bytes(other);
  return writer.written();
}

/** The shorter form for all but the first message of a stream (RFC 8945 section 5.3.1). */
export function tsigTimers(timeSigned: number, fudge: number): Uint8Array {
  const writer = new Writer(new Uint8Array(8));
  writer.u48(timeSigned);
  writer.u16(fudge);
  return writer.written();
}

/** The header as it was signed: original ID, ARCOUNT without the TSIG. */
export function signedHeader(message: Uint8Array, originalId: number): Uint8Array {
  const header = copyOf(message.subarray(0, HEADER));
  header[0] = originalId >> 8;
  header[1] = originalId;
  addToArcount(header, -1);
  return header;
}

/** Not `slice`: messages may come as Node's Buffer, whose `slice` gives a view, and the originals are not ours to change. */
function copyOf(octets: Uint8Array): Uint8Array {
  const copy = new Uint8Array(octets.length);
  copy.set(octets);
  return copy;
}

function addToArcount(message: Uint8Array, change: number): void {
  const count = ((message[10]! << 8) | message[11]!) + change;
  message[10] = count >> 8;
  message[11] = count;
}

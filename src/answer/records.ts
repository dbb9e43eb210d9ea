/**
 * RRsets of an image into the reply. They stand ready as `C0 0C | type | class | ttl | rdlength | rdata`, so when the owner
 * is the question's name one copy does it; another owner is patched over the two octets. RDATA names of the types of RFC
 * 1035 are compressed on the way (RFC 3597 section 4: those and no others).
 */
import { RR_HEAD } from "#image";
import { RRType } from "#rdata";
import { QUESTION, type Reply } from "./reply.ts";
import type { ZoneEntry } from "./zone-entry.ts";

/** Octets, and a view over the same ones. */
export type Source = { readonly octets: Uint8Array; readonly view: DataView };

/** The owner is not in the reply yet: it is written with the first record. */
export const LITERAL = -1;

/** An owner name outside the reply; reused. */
export class LiteralOwner {
  octets: Uint8Array = new Uint8Array(1);
  at = 0;

  set(octets: Uint8Array, at: number): void {
    this.octets = octets;
    this.at = at;
  }
}

/**
 * The RRs of a set, without its RRSIGs. `owner` is an offset in the reply, or LITERAL for `literal`. False, and nothing
 * written, when they do not fit.
 */
export function writeRRset(reply: Reply, entry: ZoneEntry, set: number, owner: number, literal: LiteralOwner): boolean {
  const { image, source } = entry;
  const from = image.rrsetData(set);
  const length = image.rrsetDataLength(set);
  const type = image.rrsetType(set);
  const start = reply.at;
  const done =
    hasCompressibleNames(type) || owner > 0x3fff
      ? writeOneByOne(reply, source, from, length, owner, literal, type)
      : writeBlock(reply, source, from, length, owner, literal);
  if (!done) {
    reply.rewind(start);
    return false;
  }
  reply.counts[reply.section]! += image.rrsetCountOf(set);
  return true;
}

/** The RRSIGs that stand behind a set in the image; `owner` as an offset in the reply. */
export function writeStoredSignatures(reply: Reply, entry: ZoneEntry, set: number, owner: number): boolean {
  const { image, source } = entry;
  const count = image.rrsetSigCount(set);
  if (count === 0) return true;
  const from = image.rrsetData(set) + image.rrsetDataLength(set);
  return writeRecords(reply, source, from, image.rrsetSigLength(set), count, owner, RRType.RRSIG);
}

/** `count` records in `C0 0C` form at `source.octets[from..from+length)`. False, and nothing written, when they do not fit. */
export function writeRecords(
  reply: Reply,
  source: Source,
  from: number,
  length: number,
  count: number,
  owner: number,
  type: number,
): boolean {
  const start = reply.at;
  const done =
    owner > 0x3fff
      ? writeOneByOne(reply, source, from, length, owner, NO_LITERAL, type)
      : writeBlock(reply, source, from, length, owner, NO_LITERAL);
  if (!done) {
    reply.rewind(start);
    return false;
  }
  reply.counts[reply.section]! += count;
  return true;
}

/** Overwrites the TTL of every record from `start` (an owner name) to the end of the reply. */
export function patchTtls(reply: Reply, start: number, ttl: number): void {
  const { octets } = reply;
  for (let at = start; at < reply.at; ) {
    while (octets[at]! !== 0 && octets[at]! < 0xc0) at += octets[at]! + 1;
    at += octets[at]! === 0 ? 1 : 2;
    octets[at + 4] = ttl >>> 24;
    octets[at + 5] = ttl >>> 16;
    octets[at + 6] = ttl >>> 8;
    octets[at + 7] = ttl;
    at += 10 + ((octets[at + 8]! << 8) | octets[at + 9]!);
  }
}

const NO_LITERAL = new LiteralOwner();

/** One copy, then the owners. Pointers reach (`owner` is LITERAL or at most MAX_POINTER). */
function writeBlock(
  reply: Reply,
  source: Source,
  from: number,
  length: number,
  owner: number,
  literal: LiteralOwner,
): boolean {
  const start = reply.at;
  if (owner === LITERAL) {
    if (!reply.writeName(literal.octets, literal.at, false)) return false;
    if (!reply.fits(length - 2)) return false;
    const rest = reply.at;
    reply.copyWide(source.view, from + 2, length - 2);
    patchOwners(reply.octets, rest - 2, reply.at, start, true);
    return true;
  }
  if (!reply.fits(length)) return false;
  reply.copyWide(source.view, from, length);
  if (owner !== QUESTION) patchOwners(reply.octets, start, reply.at, owner, false);
  return true;
}

/** Pointers to `owner` over the `C0 0C` of each record in `[start..end)`; the first one's is left alone with `skipFirst`. */
function patchOwners(octets: Uint8Array, start: number, end: number, owner: number, skipFirst: boolean): void {
  let skip = skipFirst;
  for (let at = start; at < end; at += RR_HEAD + ((octets[at + 10]! << 8) | octets[at + 11]!)) {
    if (!skip) {
      octets[at] = 0xc0 | (owner >>> 8);
      octets[at + 1] = owner;
    }
    skip = false;
  }
}

function writeOneByOne(
  reply: Reply,
  source: Source,
  from: number,
  length: number,
  owner: number,
  literal: LiteralOwner,
  type: number,
): boolean {
  const { octets, view } = source;
  let ownerAt = owner;
  const end = from + length;
  for (let at = from; at < end; ) {
    const size = (octets[at + 10]! << 8) | octets[at + 11]!;
    if (ownerAt === LITERAL) {
      ownerAt = reply.at;
      if (!reply.writeName(literal.octets, literal.at, false)) return false;
    } else if (!reply.writeOwner(ownerAt)) {
      return false;
    }
    if (!reply.fits(10)) return false;
    reply.copyWide(view, at + 2, 10);
    const lengthAt = reply.at - 2;
    if (!writeRdata(reply, source, at + RR_HEAD, size, type)) return false;
    const written = reply.at - lengthAt - 2;
    reply.octets[lengthAt] = written >>> 8;
    reply.octets[lengthAt + 1] = written;
    at += RR_HEAD + size;
  }
  return true;
}

function hasCompressibleNames(type: number): boolean {
  switch (type) {
    case RRType.NS:
    case RRType.CNAME:
    case RRType.SOA:
    case RRType.PTR:
    case RRType.MX:
      return true;
    default:
      return false;
  }
}

function writeRdata(reply: Reply, { octets, view }: Source, at: number, size: number, type: number): boolean {
  switch (type) {
    case RRType.NS:
    case RRType.CNAME:
    case RRType.PTR:
      return reply.writeName(octets, at, true);
    case RRType.MX:
      if (!reply.fits(2)) return false;
      reply.copy(octets, at, 2);
      return reply.writeName(octets, at + 2, true);
    case RRType.SOA: {
      if (!reply.writeName(octets, at, true)) return false;
      let rname = at;
      while (octets[rname]! !== 0) rname += octets[rname]! + 1;
      rname++;
      if (!reply.writeName(octets, rname, true)) return false;
      if (!reply.fits(20)) return false;
      reply.copyWide(view, at + size - 20, 20);
      return true;
    }
    default:
      if (!reply.fits(size)) return false;
      reply.copyWide(view, at, size);
      return true;
  }
}

/**
 * NSEC3 made while answering (RFC 7129 appendix B, RFC 9276: no iterations, no salt). A record covers one hash and nothing
 * else, so it tells no more than was asked.
 *
 * ```
 * match   H(name)      NSEC3 1 0 0 -  H(name) + 1   the types there
 * cover   H(name) - 1  NSEC3 1 0 0 -  H(name) + 1   (none)
 *
 * NXDOMAIN            match encloser   cover next closer   cover *.encloser
 * NODATA, referral    match the name, or the cut
 * NODATA by wildcard  match encloser   cover next closer   match the wildcard
 * answer by wildcard                   cover next closer
 * ```
 */
import { NSEC3_SHA1, nsec3Hash } from "#dnssec";
import { NodeFlag } from "#image";
import { RRType } from "#rdata";
import { addTypes } from "./compact.ts";
import { Outcome } from "./lookup.ts";
import { MAX_PROOFS, type Work } from "./work.ts";

const HASH = 20;
const NO_SALT = new Uint8Array(0);
/** 20 octets in base32. */
const HASH_LABEL = 32;
const BASE32HEX = Uint8Array.from("0123456789abcdefghijklmnopqrstuv", (c) => c.charCodeAt(0));

export function lieForWildcard(work: Work): void {
  coverNextCloser(work);
}

/** NoData and NxDomain, by `work.found`. */
export function lieForDenial(work: Work): void {
  const { found } = work;
  if (found.outcome === Outcome.NxDomain) {
    matchNode(work, found.encloser);
    coverNextCloser(work);
    coverWildcard(work, found.encloser);
  } else {
    if (found.wildcard) {
      matchNode(work, found.encloser);
      coverNextCloser(work);
    }
    matchNode(work, found.node);
  }
}

export function matchNode(work: Work, node: number): void {
  const { image } = work.entry;
  add(work, image.octets, image.nodeNameAt(node), node);
}

function coverNextCloser(work: Work): void {
  const { name, found } = work;
  if (found.encloserLabel > 0) add(work, name.octets, name.at + name.starts[found.encloserLabel - 1]!, 0);
}

function coverWildcard(work: Work, encloser: number): void {
  const { image } = work.entry;
  const wildcard = work.scratch[2];
  const length = image.nodeNameLength(encloser);
  const at = image.nodeNameAt(encloser);
  if (length + 2 > 255) return;
  wildcard[0] = 1;
  wildcard[1] = 0x2a;
  for (let i = 0; i < length; i++) wildcard[2 + i] = image.octets[at + i]!;
  add(work, wildcard, 0, 0);
}

/** A proof for the name at `octets[at]`: a match with the types of `node`, a cover when it is 0. Each only once. */
function add(work: Work, octets: Uint8Array, at: number, node: number): void {
  const { hashes, proofs } = work;
  const count = work.proofCount;
  if (count === MAX_PROOFS) return;
  nsec3Hash(octets, NO_SALT, 0, hashes, HASH * count, at);
  for (let i = 0; i < count; i++) if (sameHash(hashes, HASH * i, HASH * count)) return;
  proofs[count] = node;
  work.proofCount = count + 1;
}

/** Proof `index` into the reply, with its RRSIG. False when it does not fit. */
export function writeLie(work: Work, index: number): boolean {
  const { live, entry, hashes, bits } = work;
  const { made } = live;
  const node = work.proofs[index]!;
  const { rdata, owner } = made;
  rdata[0] = NSEC3_SHA1;
  rdata[1] = 0;
  rdata[2] = 0;
  rdata[3] = 0;
  rdata[4] = 0;
  rdata[5] = HASH;
  for (let i = 0; i < HASH; i++) rdata[6 + i] = hashes[HASH * index + i]!;
  if (node === 0) addToHash(rdata, 6, -1);
  owner[0] = HASH_LABEL;
  writeBase32(rdata, 6, owner, 1);
  for (let i = 0; i < entry.lowerApex.length; i++) owner[1 + HASH_LABEL + i] = entry.lowerApex[i]!;
  for (let i = 0; i < HASH; i++) rdata[6 + i] = hashes[HASH * index + i]!;
  addToHash(rdata, 6, 1);
  if (node !== 0) addTypesOfNsec3(work, node);
  made.rdataLength = bits.write(rdata, 6 + HASH);
  work.madeName.set(owner, 0);
  made.setOwner(work.madeName);
  made.type = RRType.NSEC3;
  made.keyFrom = 0;
  made.ttl = entry.image.negativeTtl;
  return live.writeMade(work.reply, entry, -1, true, work.now);
}

/** NSEC3 has no bit for itself, and RRSIG only where something is signed (RFC 5155 section 7.1). */
function addTypesOfNsec3(work: Work, node: number): void {
  const { image } = work.entry;
  addTypes(work, node);
  const flags = image.nodeFlags(node);
  const signed = flags & NodeFlag.Cut ? image.findRRset(node, RRType.DS) !== 0 : (flags & NodeFlag.Ent) === 0;
  if (signed) work.bits.add(RRType.RRSIG);
  if (node === image.apexNode) work.bits.add(RRType.NSEC3PARAM);
}

/** NSEC3PARAM at the apex: a sign to secondaries and tools (RFC 5155 section 4). */
export function makeNsec3param(work: Work): void {
  const { live, entry, name } = work;
  const { made } = live;
  made.setOwner(name);
  made.type = RRType.NSEC3PARAM;
  made.ttl = entry.image.negativeTtl;
  made.rdata[0] = NSEC3_SHA1;
  made.rdata[1] = 0;
  made.rdata[2] = 0;
  made.rdata[3] = 0;
  made.rdata[4] = 0;
  made.rdataLength = 5;
  made.keyFrom = 0;
}

function sameHash(hashes: Uint8Array, a: number, b: number): boolean {
  for (let i = 0; i < HASH; i++) if (hashes[a + i] !== hashes[b + i]) return false;
  return true;
}

/** `step` is 1 or -1; modulo 2^160. */
function addToHash(octets: Uint8Array, at: number, step: number): void {
  const wrapped = step > 0 ? 0 : 255;
  for (let i = at + HASH - 1; i >= at; i--) {
    octets[i] = octets[i]! + step;
    if (octets[i] !== wrapped) return;
  }
}

/** 20 octets to 32 characters (RFC 4648 section 7). */
function writeBase32(octets: Uint8Array, at: number, out: Uint8Array, outAt: number): void {
  let to = outAt;
  for (let i = at; i < at + HASH; i += 5) {
    const high = (octets[i]! << 12) | (octets[i + 1]! << 4) | (octets[i + 2]! >>> 4);
    const low = ((octets[i + 2]! & 15) << 16) | (octets[i + 3]! << 8) | octets[i + 4]!;
    for (let shift = 15; shift >= 0; shift -= 5) out[to++] = BASE32HEX[(high >>> shift) & 31]!;
    for (let shift = 15; shift >= 0; shift -= 5) out[to++] = BASE32HEX[(low >>> shift) & 31]!;
  }
}

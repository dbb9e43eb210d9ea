/** One step along a chain: the CNAME, or the DNAME with the CNAME made from it, and the name to go on with. */

import { RR_HEAD } from "#image";
import { Rcode } from "#message";
import { CASE_FOLD } from "#name";
import { RRClass, RRType } from "#rdata";
import type { NameView } from "./name-view.ts";
import { writeRRset } from "./records.ts";
import { ownerOf, type Work, writeSet } from "./work.ts";
import { Denial } from "./zone-entry.ts";

const MAX_NAME = 255;

/** False when the chain ends here: it leaves the zone, comes back, or (TC) does not fit. */
export function followCname(work: Work): boolean {
  const { reply, found, entry } = work;
  const { image } = entry;
  const start = reply.at;
  if (!writeCnameSet(work)) {
    reply.truncated = true;
    return false;
  }
  return goOn(work, image.octets, image.rrsetData(found.set) + RR_HEAD, rdataAt(reply.octets, start));
}

/** RFC 6672 section 3.2. */
export function followDname(work: Work): boolean {
  const { reply, found, entry, name } = work;
  const { image } = entry;
  if (!isWritten(work, found.node)) {
    if (!writeSet(work, found.node, found.set, ownerOf(work, found.node))) {
      reply.truncated = true;
      return false;
    }
    work.dnames[work.dnameCount++] = found.node;
  }
  const dataAt = image.rrsetData(found.set);
  const targetAt = dataAt + RR_HEAD;
  const targetLength = (image.octets[dataAt + 10]! << 8) | image.octets[dataAt + 11]!;
  const prefix = name.length - image.nodeNameLength(found.node);
  if (prefix + targetLength > MAX_NAME) {
    work.rcode = Rcode.YxDomain;
    return false;
  }
  // The name may lie in one of the two scratches itself: the other one takes the new name.
  const made = name.octets === work.scratch[0] ? work.scratch[1] : work.scratch[0];
  for (let i = 0; i < prefix; i++) made[i] = name.octets[name.at + i]!;
  for (let i = 0; i < targetLength; i++) made[prefix + i] = image.octets[targetAt + i]!;
  const start = reply.at;
  if (!writeMadeCname(work, made, image.rrsetTtl(found.set))) {
    reply.rewind(start);
    reply.truncated = true;
    return false;
  }
  return goOn(work, made, 0, rdataAt(reply.octets, start));
}

/** A second name under a DNAME does not repeat the DNAME itself. */
function isWritten(work: Work, node: number): boolean {
  for (let i = 0; i < work.dnameCount; i++) if (work.dnames[i] === node) return true;
  return false;
}

/** Under compact denial a wildcard's CNAME is signed for the name it was expanded to. */
function writeCnameSet(work: Work): boolean {
  const { reply, found, entry, owner } = work;
  if (!found.wildcard || !work.dnssec || entry.denial !== Denial.Compact) {
    return writeSet(work, found.node, found.set, owner);
  }
  return (
    writeRRset(reply, entry, found.set, owner, work.literal) &&
    work.live.writeForExpanded(reply, entry, work.name, found.set, owner, work.now)
  );
}

/** Unsigned, with the DNAME's TTL (RFC 6672 section 3.1 and 5.3.1). */
function writeMadeCname(work: Work, target: Uint8Array, ttl: number): boolean {
  const { reply } = work;
  if (!reply.writeOwner(work.owner) || !reply.fits(10)) return false;
  reply.u16(RRType.CNAME);
  reply.u16(RRClass.IN);
  reply.u32(ttl);
  const lengthAt = reply.at;
  reply.u16(0);
  if (!reply.writeName(target, 0, true)) return false;
  const length = reply.at - lengthAt - 2;
  reply.octets[lengthAt] = length >>> 8;
  reply.octets[lengthAt + 1] = length;
  reply.counts[reply.section]!++;
  return true;
}

/** Makes `octets[at]` the name to look for; it stands at `owner` in the reply. False when it is not to be followed. */
function goOn(work: Work, octets: Uint8Array, at: number, owner: number): boolean {
  const { entry, targets, visited } = work;
  const target = work.name === targets[0] ? targets[1] : targets[0];
  if (work.visitedCount === 0) visited[work.visitedCount++] = work.name.hashes[0]!;
  target.set(octets, at);
  const apexLabel = target.labels - entry.apexLabels;
  if (apexLabel < 0 || target.hashes[apexLabel] !== entry.apexHash || !endsInApex(target, entry.lowerApex))
    return false;
  // By hash: two names of one zone that collide would end a chain early, and nothing worse.
  for (let i = 0; i < work.visitedCount; i++) if (visited[i] === target.hashes[0]) return false;
  visited[work.visitedCount++] = target.hashes[0]!;
  work.name = target;
  work.apexLabel = apexLabel;
  work.owner = owner;
  return true;
}

function endsInApex(target: NameView, lowerApex: Uint8Array): boolean {
  const from = target.at + target.length - lowerApex.length;
  for (let i = 0; i < lowerApex.length; i++) if (CASE_FOLD[target.octets[from + i]!] !== lowerApex[i]) return false;
  return true;
}

/** Where the RDATA of the record at `start` begins; when it is nothing but a pointer, where that leads. */
function rdataAt(octets: Uint8Array, start: number): number {
  let at = start;
  while (octets[at]! !== 0 && octets[at]! < 0xc0) at += octets[at]! + 1;
  at += octets[at]! === 0 ? 1 : 2;
  at += 10;
  return octets[at]! >= 0xc0 ? ((octets[at]! & 0x3f) << 8) | octets[at + 1]! : at;
}

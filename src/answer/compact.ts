/**
 * Compact denial (RFC 9824): one NSEC, made for the name asked for, says what is there. It always matches the name, so
 * nothing else has to be shown.
 *
 * ```
 * missing name        qname NSEC \000.qname  RRSIG NSEC NXNAME        RCODE NOERROR, or 3 with CO
 * empty non-terminal  qname NSEC \000.qname  RRSIG NSEC
 * missing type        qname NSEC \000.qname  what is there, RRSIG NSEC   (by a wildcard: what the wildcard has)
 * referral, no DS     cut   NSEC cut\000     NS RRSIG NSEC
 * ```
 * Next names are in lower case, as the owner is when it is signed: one signature serves every spelling of a name.
 */
import { compactNext, referralNext } from "#dnssec";
import { NodeFlag } from "#image";
import { RRType } from "#rdata";
import { LITERAL } from "./records.ts";
import { ownerOf, type Work } from "./work.ts";

/** Longest name that takes `\000.` in front. */
const MAX_EXTENDED = 253;
const MAX_LABEL = 63;

/** The NSEC for `work.name`: `node` stands for it, 0 when there is nothing. False when it does not fit. */
export function writeCompactNsec(work: Work, node: number, signed: boolean): boolean {
  const { name, live, entry, bits } = work;
  const { made } = live;
  made.setOwner(name);
  if (node !== 0 && !work.found.wildcard && entry.image.nodeFlags(node) & NodeFlag.Cut) {
    return writeCutNsec(work, node, work.owner, signed);
  }
  let at = 0;
  if (name.length <= MAX_EXTENDED) {
    made.rdata[0] = 1;
    made.rdata[1] = 0;
    for (let i = 0; i < made.ownerLength; i++) made.rdata[2 + i] = made.owner[i]!;
    at = made.ownerLength + 2;
  } else {
    const next = compactNext(made.owner.subarray(0, made.ownerLength), entry.lowerApex);
    made.rdata.set(next);
    at = next.length;
  }
  if (node === 0) bits.add(RRType.NXNAME);
  else addTypes(work, node);
  return finish(work, at, work.owner, signed);
}

/** A delegation without DS, in a referral or asked for its DS. False when it does not fit. */
export function writeCompactCut(work: Work, cut: number): boolean {
  const { image } = work.entry;
  const { made } = work.live;
  const owner = ownerOf(work, cut);
  work.madeName.set(image.octets, image.nodeNameAt(cut));
  made.setOwner(work.madeName);
  return writeCutNsec(work, cut, owner, true);
}

/** `made` has its owner: the cut. The next name covers the delegation's whole subtree (RFC 9824 section 3.4). */
function writeCutNsec(work: Work, cut: number, owner: number, signed: boolean): boolean {
  const { live, entry } = work;
  const { made } = live;
  const { owner: name, ownerLength: length, rdata } = made;
  const label = name[0]!;
  let at = length + 1;
  if (label < MAX_LABEL && length < 255) {
    rdata[0] = label + 1;
    for (let i = 1; i <= label; i++) rdata[i] = name[i]!;
    rdata[label + 1] = 0;
    for (let i = label + 1; i < length; i++) rdata[i + 1] = name[i]!;
  } else {
    const next = referralNext(name.subarray(0, length), entry.lowerApex);
    rdata.set(next);
    at = next.length;
  }
  addTypes(work, cut);
  return finish(work, at, owner, signed);
}

function finish(work: Work, nextLength: number, owner: number, signed: boolean): boolean {
  const { live, entry, bits } = work;
  const { made } = live;
  bits.add(RRType.RRSIG);
  bits.add(RRType.NSEC);
  made.rdataLength = bits.write(made.rdata, nextLength);
  made.keyFrom = nextLength;
  made.type = RRType.NSEC;
  made.ttl = entry.image.negativeTtl;
  return live.writeMade(work.reply, entry, owner === LITERAL ? -1 : owner, signed, work.now);
}

/** The types at a node, as the parent side has them at a cut; at the apex also those beside the image. */
export function addTypes(work: Work, node: number): void {
  const { bits, entry } = work;
  const { image } = entry;
  const cut = (image.nodeFlags(node) & NodeFlag.Cut) !== 0;
  const sets = image.rrsetsAt(node);
  for (let i = 0; i < sets; i++) {
    const set = image.rrsetAt(node, i);
    const type = image.rrsetType(set);
    if (cut && type !== RRType.NS && type !== RRType.DS) continue;
    if (image.rrsetCountOf(set) > 0) bits.add(type);
  }
  if (node === image.apexNode) for (const set of entry.apexRRsets) bits.add(set.type);
}

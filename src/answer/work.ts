/** What the steps of one answer hand to each other: one record for each Answerer, overwritten by every query. */
import { NodeFlag } from "#image";
import { RRType } from "#rdata";
import type { LiveSignatures } from "./live.ts";
import { Found } from "./lookup.ts";
import { NameView } from "./name-view.ts";
import { Query } from "./query.ts";
import { makeReadySoa, writeReadySoa } from "./ready-soa.ts";
import { LITERAL, LiteralOwner, patchTtls, writeRRset, writeStoredSignatures } from "./records.ts";
import { QUESTION, Reply } from "./reply.ts";
import { TypeBits } from "./type-bits.ts";
import type { ReadySoa, ZoneEntry } from "./zone-entry.ts";

/**
 * CNAMEs and DNAMEs followed in one answer (RFC 1034 section 3.6.2 leaves it open; Knot stops after 5, NSD never). Resolvers
 * give up after 11 to 16 themselves; those that go on ask on from there.
 */
export const MAX_CHAIN = 16;
/** A proof takes at most three records for the last name and one for each wildcard on the way. */
export const MAX_PROOFS = MAX_CHAIN + 4;
const HASH = 20;

export class Work {
  readonly query = new Query();
  readonly reply = new Reply();
  readonly found = new Found();
  readonly live: LiveSignatures;
  readonly literal = new LiteralOwner();
  readonly bits = new TypeBits();
  /** The name looked for: the question's, then targets of CNAMEs. */
  name: NameView = this.query.name;
  /** Two in turn: the name that is left is still looked at when the next one turns out not to be followed. */
  readonly targets: readonly [NameView, NameView] = [new NameView(), new NameView()];
  /** For names of records that are made here. */
  readonly madeName = new NameView();
  /** Where `name` stands in the reply. */
  owner = QUESTION;
  /** Index of the label in `name` with which the apex begins. */
  apexLabel = 0;
  /** Where the apex stands in the reply: inside the question's name. */
  apexOwner = QUESTION;
  /** Set by `begin`; nothing looks at it before. */
  entry!: ZoneEntry;
  /** Seconds since 1970. */
  now = 0;
  /** The questioner wants DNSSEC records and the zone may have some. */
  dnssec = false;
  rcode = 0;
  /** Extended error (RFC 8914) for the OPT record; -1 none. */
  extendedError = -1;
  /** Seconds for which the zone is served still (EDNS EXPIRE, RFC 7314); -1: not told. */
  expireLeft = -1;
  authoritative = false;
  /** The reply sets CO: its RCODE is the real one (RFC 9824 section 5.1). */
  compactOk = false;
  /** The set whose targets' addresses go along; 0 none. */
  additionalSet = 0;
  /** Scratch: the nodes of those. */
  readonly additionalNodes = new Uint32Array(64);
  /** The cut, when the answer is a referral; 0 else. */
  cut = 0;
  /** Records of denial to send: NSEC nodes or NSEC3 entries. For NSEC3 made here, the node that matches, or 0 to cover. */
  readonly proofs = new Int32Array(MAX_PROOFS);
  /** For NSEC3 made here: the hash of each proof. */
  readonly hashes = new Uint8Array(HASH * MAX_PROOFS);
  proofCount = 0;
  /** Hashes of the chain's names: one that comes back is a loop. */
  readonly visited = new Int32Array(MAX_CHAIN + 2);
  visitedCount = 0;
  /** The DNAMEs that stand in the reply. */
  readonly dnames = new Int32Array(MAX_CHAIN + 1);
  dnameCount = 0;
  /** Scratch for names that are made here: DNAME targets, wildcards. Two, because one may be made of the other. */
  readonly scratch: readonly [Uint8Array, Uint8Array, Uint8Array] = [
    new Uint8Array(256),
    new Uint8Array(256),
    new Uint8Array(256),
  ];

  constructor(live: LiveSignatures) {
    this.live = live;
  }

  /** After parsing, before anything is looked up. */
  begin(entry: ZoneEntry, now: number): void {
    const { name } = this.query;
    this.entry = entry;
    this.now = now;
    this.name = name;
    this.owner = QUESTION;
    this.apexLabel = name.labels - entry.apexLabels;
    this.apexOwner = QUESTION + name.starts[this.apexLabel]!;
    this.dnssec = this.query.dnssecOk;
    this.additionalSet = 0;
    this.cut = 0;
    this.proofCount = 0;
    this.visitedCount = 0;
    this.dnameCount = 0;
  }
}

/** The offset of a node's name in the reply, or LITERAL with `work.literal` set. */
export function ownerOf(work: Work, node: number): number {
  const { image } = work.entry;
  if (node === image.apexNode) return work.apexOwner;
  const at = image.nodeNameAt(node);
  work.literal.set(image.octets, at);
  return work.reply.findName(image.octets, at, image.nodeNameLength(node));
}

/**
 * An RRset of the zone and, when asked for, its RRSIGs, stored or made. `owner` as from `ownerOf`. False, and nothing
 * written, when they do not fit together.
 */
export function writeSet(work: Work, node: number, set: number, owner: number): boolean {
  const { reply, entry } = work;
  const { image } = entry;
  const start = reply.at;
  if (!writeRRset(reply, entry, set, owner, work.literal)) return false;
  if (!work.dnssec) return true;
  if (writeSignatures(work, node, set, owner === LITERAL ? start : owner, image.rrsetTtl(set))) return true;
  unwrite(work, start, set);
  return false;
}

/** The zone's SOA with the negative TTL (RFC 2308 section 3 and 5), its RRSIG too. */
export function writeNegativeSoa(work: Work): boolean {
  const { reply, entry } = work;
  const { image, soa } = entry;
  const live = entry.signing !== undefined;
  const start = reply.at;
  const ready = readySoa(work);
  if (ready) {
    if (!writeReadySoa(reply, ready, work.apexOwner, work.dnssec && !live)) return false;
    if (!work.dnssec || !live) return true;
  } else if (!writeRRset(reply, entry, soa, work.apexOwner, work.literal)) {
    return false;
  }
  if (work.dnssec && !writeSignatures(work, image.apexNode, soa, work.apexOwner, image.negativeTtl)) {
    unwrite(work, start, soa);
    return false;
  }
  if (!ready) patchTtls(reply, start, image.negativeTtl);
  return true;
}

/** Undefined when the question spells the apex in another case than the zone: names in RDATA keep theirs. */
function readySoa(work: Work): ReadySoa | undefined {
  const { entry, reply, apexOwner } = work;
  const { apex } = entry;
  if (entry.readySoa === undefined) entry.readySoa = makeReadySoa(entry) ?? null;
  for (let i = 0; i < apex.length; i++) if (reply.octets[apexOwner + i] !== apex[i]) return undefined;
  return entry.readySoa ?? undefined;
}

/** RRSIGs of a set that stands in the reply already, under `owner`. */
export function writeSignatures(work: Work, node: number, set: number, owner: number, ttl: number): boolean {
  const { reply, entry } = work;
  if (entry.signing === undefined) return writeStoredSignatures(reply, entry, set, owner);
  if (!isSigned(work, node, set)) return true;
  return work.live.writeForSet(reply, entry, node, hashOf(work, node), set, owner, ttl, work.now);
}

/** The apex and the closest encloser (the name itself, when it exists) were hashed with the question. */
function hashOf(work: Work, node: number): number {
  const { entry, found, name } = work;
  if (node === entry.image.apexNode) return entry.apexHash;
  if (node === found.encloser) return name.hashes[found.encloserLabel]!;
  return work.live.hashOf(entry.image, node);
}

/** The parent side signs at a cut only DS and NSEC, and nothing below it (RFC 4035 section 2.2). */
function isSigned(work: Work, node: number, set: number): boolean {
  const { image } = work.entry;
  const flags = image.nodeFlags(node);
  if (flags & NodeFlag.Occluded) return false;
  if ((flags & NodeFlag.Cut) === 0) return true;
  const type = image.rrsetType(set);
  return type === RRType.DS || type === RRType.NSEC;
}

function unwrite(work: Work, start: number, set: number): void {
  work.reply.rewind(start);
  work.reply.counts[work.reply.section]! -= work.entry.image.rrsetCountOf(set);
}

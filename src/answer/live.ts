/**
 * RRSIG records made while answering. For RRsets of the image the signature table keeps them, one slot each; for what
 * questioners make up (NSEC and NSEC3 of missing names, wildcards under compact denial) a bounded cache does.
 *
 * ```
 * RRSIG RR   owner | RRSIG | IN | ttl | rdlength | covered 2, algorithm 1, labels 1, original ttl 4, expiration 4, inception 4, key tag 2, signer | signature 64
 *                                                └───────────── head: first octets of what is signed ────────────┘
 * ```
 */
import { canonicalRdatas, rrsigPreimage } from "#dnssec";
import { NodeFlag, rrsetRdatas, SIGNATURE_OCTETS, type ZoneImage } from "#image";
import { CASE_FOLD } from "#name";
import { RRClass, RRType } from "#rdata";
import { NameView } from "./name-view.ts";
import type { Reply } from "./reply.ts";
import { SignatureCache } from "./signature-cache.ts";
import { periodAt, periodExpiration, periodInception, periodPhase } from "./signing.ts";
import { MAX_TYPE_BITMAP } from "./type-bits.ts";
import type { ZoneEntry, ZoneSigning } from "./zone-entry.ts";

const RRSIG_FIXED = 18;
/** What ANY gets may take an eighth of what all other made-up names have: so many bits less. */
const ANY_SHARE = 3;
/** Next name or hash, parameters, bitmap. */
const MAX_MADE_RDATA = 255 + 32 + MAX_TYPE_BITMAP;

/** A record that is in no image: its owner in lower case and its RDATA. Reused. */
export class MadeRecord {
  readonly owner = new Uint8Array(256);
  ownerLength = 0;
  /** As RRSIG counts them: neither the root nor a leading `*` (RFC 4034 section 3.1.3). */
  labels = 0;
  /** `nameHash` of the owner. */
  hash = 0;
  type = 0;
  ttl = 0;
  readonly rdata = new Uint8Array(MAX_MADE_RDATA);
  readonly view = new DataView(this.rdata.buffer);
  rdataLength = 0;
  /** From here on RDATA is part of the name under which the signature is kept; what is before follows from the owner. */
  keyFrom = 0;

  /** The whole of `name` as owner. */
  setOwner(name: NameView): void {
    const { octets, at, length } = name;
    for (let i = 0; i < length; i++) this.owner[i] = CASE_FOLD[octets[at + i]!]!;
    this.ownerLength = length;
    this.labels = signedLabels(name);
    this.hash = name.hashes[0]!;
  }
}

export class LiveSignatures {
  readonly made = new MadeRecord();
  private readonly cache: SignatureCache;
  /** Of what ANY gets, apart from the rest: who asks for it at a million names pushes out nothing else. Made with the first. */
  private anyCache: SignatureCache | undefined = undefined;
  private readonly cacheOctets: number;
  private readonly view = new NameView();
  private readonly key = new Uint8Array(16 + 255 + MAX_MADE_RDATA);
  private readonly keyView = new DataView(this.key.buffer);
  private readonly preimage = new Uint8Array(RRSIG_FIXED + 255 + 255 + 10 + MAX_MADE_RDATA);

  constructor(cacheOctets: number) {
    this.cache = new SignatureCache(cacheOctets);
    this.cacheOctets = cacheOctets;
  }

  /**
   * The RRSIG of an image's RRset at `node`, behind the RRset; `owner` is an offset in the reply, `ttl` the one served,
   * `hash` the node's name hash. A wildcard's set is signed under its own name. False, and nothing written, when it does not fit.
   */
  writeForSet(
    reply: Reply,
    entry: ZoneEntry,
    node: number,
    hash: number,
    set: number,
    owner: number,
    ttl: number,
    now: number,
  ): boolean {
    const { image, period } = entry;
    const signing = entry.signing!;
    const start = reply.at;
    const phase = periodPhase(hash, image.rrsetType(set), period);
    const number = periodAt(now, phase, period);
    const labels = image.nodeLabels(node) - (image.nodeFlags(node) & NodeFlag.Wildcard ? 1 : 0);
    const type = image.rrsetType(set);
    if (!writeHead(reply, entry, owner, type, labels, image.rrsetTtl(set), ttl, number, phase))
      return undo(reply, start);
    const slot = image.rrsetSlot(set);
    if (signing.table.read(slot, number, reply.octets, reply.at)) {
      reply.trace?.signatures.set(reply.at, "table");
    } else {
      reply.trace?.signatures.set(reply.at, "made");
      this.view.set(image.octets, image.nodeNameAt(node));
      this.signSet(signing, reply, headAt(reply, entry), image, set, this.view);
      signing.table.write(slot, number, reply.octets, reply.at);
    }
    reply.at += SIGNATURE_OCTETS;
    reply.counts[reply.section]!++;
    return true;
  }

  /** For `writeForSet`, when the name is not the question's. */
  hashOf(image: ZoneImage, node: number): number {
    this.view.set(image.octets, image.nodeNameAt(node));
    return this.view.hashes[0]!;
  }

  /** The same for a wildcard's set under the name it was expanded to (RFC 9824 section 3.3): signed for that name alone. */
  writeForExpanded(reply: Reply, entry: ZoneEntry, name: NameView, set: number, owner: number, now: number): boolean {
    const { image, period } = entry;
    const start = reply.at;
    const type = image.rrsetType(set);
    const phase = periodPhase(name.hashes[0]!, type, period);
    const number = periodAt(now, phase, period);
    const ttl = image.rrsetTtl(set);
    if (!writeHead(reply, entry, owner, type, signedLabels(name), ttl, ttl, number, phase)) return undo(reply, start);
    const keyLength = this.writeKey(entry.id, number, type, name.octets, name.at, name.length);
    if (this.cache.read(this.keyView, keyLength, reply.view, reply.at)) {
      reply.trace?.signatures.set(reply.at, "cache");
    } else {
      reply.trace?.signatures.set(reply.at, "made");
      this.signSet(entry.signing!, reply, headAt(reply, entry), image, set, name);
      this.cache.write(this.keyView, keyLength, reply.view, reply.at);
    }
    reply.at += SIGNATURE_OCTETS;
    reply.counts[reply.section]!++;
    return true;
  }

  /**
   * `made` and, with `signed`, its RRSIG; `owner` is an offset in the reply, or -1: the name is written here. False, and
   * nothing written, when they do not fit.
   */
  writeMade(reply: Reply, entry: ZoneEntry, owner: number, signed: boolean, now: number): boolean {
    const { made } = this;
    const start = reply.at;
    const known = owner >= 0 ? owner : reply.findName(made.owner, 0, made.ownerLength);
    const ownerAt = known >= 0 ? known : start;
    if (!(known >= 0 ? reply.writeOwner(known) : reply.writeName(made.owner, 0, false))) return undo(reply, start);
    if (!reply.fits(10 + made.rdataLength)) return undo(reply, start);
    reply.u16(made.type);
    reply.u16(RRClass.IN);
    reply.u32(made.ttl);
    reply.u16(made.rdataLength);
    reply.copyWide(made.view, 0, made.rdataLength);
    reply.trace?.made.add(start);
    if (signed && !this.writeMadeSignature(reply, entry, ownerAt, now)) return undo(reply, start);
    reply.counts[reply.section]!++;
    return true;
  }

  private writeMadeSignature(reply: Reply, entry: ZoneEntry, owner: number, now: number): boolean {
    const { made } = this;
    const phase = periodPhase(made.hash, made.type, entry.period);
    const number = periodAt(now, phase, entry.period);
    const { type, ttl, labels } = made;
    if (!writeHead(reply, entry, owner, type, labels, ttl, ttl, number, phase)) return false;
    let keyLength = this.writeKey(entry.id, number, type, made.owner, 0, made.ownerLength);
    for (let i = made.keyFrom; i < made.rdataLength; i++) this.key[keyLength++] = made.rdata[i]!;
    const cache = type === RRType.HINFO ? this.cacheForAny() : this.cache;
    if (cache.read(this.keyView, keyLength, reply.view, reply.at)) {
      reply.trace?.signatures.set(reply.at, "cache");
    } else {
      reply.trace?.signatures.set(reply.at, "made");
      this.signMade(entry, reply, headAt(reply, entry));
      cache.write(this.keyView, keyLength, reply.view, reply.at);
    }
    reply.at += SIGNATURE_OCTETS;
    reply.counts[reply.section]!++;
    return true;
  }

  private cacheForAny(): SignatureCache {
    this.anyCache ??= new SignatureCache(this.cacheOctets >>> ANY_SHARE);
    return this.anyCache;
  }

  private writeKey(id: number, number: number, type: number, owner: Uint8Array, at: number, length: number): number {
    const { key } = this;
    key[0] = id >>> 24;
    key[1] = id >>> 16;
    key[2] = id >>> 8;
    key[3] = id;
    key[4] = number >>> 24;
    key[5] = number >>> 16;
    key[6] = number >>> 8;
    key[7] = number;
    key[8] = type >>> 8;
    key[9] = type;
    for (let i = 0; i < length; i++) key[10 + i] = CASE_FOLD[owner[at + i]!]!;
    return 10 + length;
  }

  /** The slow way, once for each set and period: objects are made. The signature goes to the end of the reply. */
  private signSet(
    signing: ZoneSigning,
    reply: Reply,
    head: number,
    image: ZoneImage,
    set: number,
    owner: NameView,
  ): void {
    const type = image.rrsetType(set);
    const data = rrsigPreimage(
      reply.octets.slice(head, reply.at),
      owner.octets.subarray(owner.at, owner.at + owner.length),
      type,
      image.rrsetTtl(set),
      canonicalRdatas(type, rrsetRdatas(image, set)),
    );
    signing.signer.sign(data, data.length, reply.octets, reply.at);
  }

  /** What is signed (RFC 4034 section 3.1.8.1): the RRSIG's head, then the one record. RDATA of NSEC keeps its case. */
  private signMade(entry: ZoneEntry, reply: Reply, head: number): void {
    const { made, preimage } = this;
    let at = 0;
    for (let i = head; i < reply.at; i++) preimage[at++] = reply.octets[i]!;
    for (let i = 0; i < made.ownerLength; i++) preimage[at++] = made.owner[i]!;
    preimage[at] = made.type >>> 8;
    preimage[at + 1] = made.type;
    preimage[at + 2] = 0;
    preimage[at + 3] = RRClass.IN;
    preimage[at + 4] = made.ttl >>> 24;
    preimage[at + 5] = made.ttl >>> 16;
    preimage[at + 6] = made.ttl >>> 8;
    preimage[at + 7] = made.ttl;
    preimage[at + 8] = made.rdataLength >>> 8;
    preimage[at + 9] = made.rdataLength;
    at += 10;
    for (let i = 0; i < made.rdataLength; i++) preimage[at++] = made.rdata[i]!;
    entry.signing!.signer.sign(preimage, at, reply.octets, reply.at);
  }
}

/** The RRSIG record up to the signature, when signature and all fit. */
function writeHead(
  reply: Reply,
  entry: ZoneEntry,
  owner: number,
  covered: number,
  labels: number,
  originalTtl: number,
  ttl: number,
  number: number,
  phase: number,
): boolean {
  const { lowerApex, period } = entry;
  const { algorithm, keyTag } = entry.signing!.signer;
  if (!reply.writeOwner(owner)) return false;
  if (!reply.fits(10 + RRSIG_FIXED + lowerApex.length + SIGNATURE_OCTETS)) return false;
  reply.u16(RRType.RRSIG);
  reply.u16(RRClass.IN);
  reply.u32(ttl);
  reply.u16(RRSIG_FIXED + lowerApex.length + SIGNATURE_OCTETS);
  reply.u16(covered);
  reply.u16((algorithm << 8) | labels);
  reply.u32(originalTtl);
  reply.u32(periodExpiration(number, phase, period) >>> 0);
  reply.u32(periodInception(number, phase, period) >>> 0);
  reply.u16(keyTag);
  reply.copy(lowerApex, 0, lowerApex.length);
  return true;
}

function signedLabels(name: NameView): number {
  const star = name.octets[name.at] === 1 && name.octets[name.at + 1] === 0x2a;
  return star ? name.labels - 1 : name.labels;
}

/** Where the RDATA of the RRSIG that ends here began. */
function headAt(reply: Reply, entry: ZoneEntry): number {
  return reply.at - RRSIG_FIXED - entry.lowerApex.length;
}

function undo(reply: Reply, start: number): false {
  reply.rewind(start);
  return false;
}

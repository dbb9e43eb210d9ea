/**
 * The records of an image as one stream of octets in the order and form of RFC 8976 section 3.3 (scheme SIMPLE): what a ZONEMD
 * digest is made of. The RRs stand in the image nearly as they are wanted, so they are copied, without an object for each record.
 *
 * ```
 * nodes (canonical order) ─┐
 * NSEC3 chain (hash order) ┼▶ by owner ▶ by type (all RRSIGs of an owner are one set) ▶ by RDATA ▶ owner | type | class | ttl | length | RDATA
 * spare NSEC3s ────────────┘
 * ```
 */
import { compareBytes } from "#bytes";
import { type StartDigest, verifyZonemd, type ZonemdVerdict } from "#dnssec";
import { CASE_FOLD, compareNames, type Name } from "#name";
import { canonicalRdata, hasCanonicalNames, RRType } from "#rdata";
import type { ZoneImage } from "./image.ts";
import { Header, RR_HEAD, SpareWord } from "./layout.ts";
import { rrsetRdatas } from "./unpack.ts";

/** Octets that are handed on at a time; an RR with its owner fits in what is beyond. */
const CHUNK = 64 * 1024;
const LONGEST_RR = 255 + 10 + 65_535;

/** What the ZONEMD records at the apex say about this image. Goes over it once, and only when there is something to check. */
export function verifyImageZonemd(image: ZoneImage, start: StartDigest): ZonemdVerdict {
  const ref = image.findRRset(image.apexNode, RRType.ZONEMD);
  return verifyZonemd(ref === 0 ? [] : rrsetRdatas(image, ref), image.serial, (hashes) => {
    const states = hashes.map(start);
    streamForDigest(image, (octets) => {
      for (const state of states) state.update(octets);
    });
    return states.map((state) => state.digest());
  });
}

/** Calls `take` with views that hold until it returns. Left out: the ZONEMD RRset of the apex and the RRSIGs over it. */
export function streamForDigest(image: ZoneImage, take: (octets: Uint8Array) => void): void {
  const stream = new Stream(image, take);
  const hashed = hashedOwners(image);
  let next = 0;
  for (let index = 0; index < image.nodeCount; index++) {
    const node = image.nodeAt(index);
    const owner = image.nodeName(node);
    const refs: number[] = [];
    for (let i = 0; i < image.rrsetsAt(node); i++) refs.push(image.rrsetAt(node, i));
    if (refs.length === 0) continue;
    for (; next < hashed.count; next++) {
      const order = compareNames(hashed.owner(next), owner);
      if (order > 0) break;
      // A name may have an NSEC3 of the chain and, against all custom, other records.
      if (order === 0) refs.push(hashed.ref(next));
      else stream.owner(hashed.owner(next), [hashed.ref(next)], false);
    }
    stream.owner(owner, refs, node === image.apexNode);
  }
  for (; next < hashed.count; next++) stream.owner(hashed.owner(next), [hashed.ref(next)], false);
  stream.end();
}

type HashedOwners = {
  readonly count: number;
  readonly owner: (index: number) => Name;
  readonly ref: (index: number) => number;
};

/** NSEC3 owners in canonical order. The chain is in that order as it stands: base32hex keeps it (RFC 5155 section 1.3). */
function hashedOwners(image: ZoneImage): HashedOwners {
  const { words, octets } = image;
  const chain = image.nsec3?.count ?? 0;
  const spares = words[Header.SpareCount]!;
  const owner = (index: number): Name => {
    if (index < chain) {
      const entry = image.nsec3At(index);
      const at = image.nsec3Name(entry);
      return octets.subarray(at, at + image.nsec3NameLength(entry));
    }
    const spare = words[Header.SpareList]! + SpareWord.Size * (index - chain);
    const at = words[spare + SpareWord.Name]!;
    return octets.subarray(at, at + words[spare + SpareWord.NameLength]!);
  };
  const ref = (index: number): number =>
    index < chain
      ? image.nsec3RRset(image.nsec3At(index))
      : words[words[Header.SpareList]! + SpareWord.Size * (index - chain) + SpareWord.RRset]!;
  if (spares === 0) return { count: chain, owner, ref };
  const order = Uint32Array.from({ length: chain + spares }, (_, i) => i).sort((a, b) =>
    compareNames(owner(a), owner(b)),
  );
  return { count: order.length, owner: (index) => owner(order[index]!), ref: (index) => ref(order[index]!) };
}

/** Keeps: what was put in is handed on once and in order, at the latest by `end`. */
class Stream {
  readonly #image: ZoneImage;
  readonly #take: (octets: Uint8Array) => void;
  readonly #out = new Uint8Array(CHUNK + LONGEST_RR);
  #length = 0;

  constructor(image: ZoneImage, take: (octets: Uint8Array) => void) {
    this.#image = image;
    this.#take = take;
  }

  owner(owner: Name, refs: number[], isApex: boolean): void {
    const image = this.#image;
    refs.sort((a, b) => image.rrsetType(a) - image.rrsetType(b));
    let signed = false;
    for (const ref of refs) {
      const type = image.rrsetType(ref);
      if (type > RRType.RRSIG && !signed) {
        signed = true;
        this.#signatures(owner, refs, isApex);
      }
      if (isApex && type === RRType.ZONEMD) continue;
      const start = image.rrsetData(ref);
      this.#set(owner, type, start, start + image.rrsetDataLength(ref), image.rrsetCountOf(ref));
    }
    if (!signed) this.#signatures(owner, refs, isApex);
  }

  end(): void {
    if (this.#length > 0) this.#take(this.#out.subarray(0, this.#length));
    this.#length = 0;
  }

  /** RDATA of an RRSIG begins with the type covered, so the sets' signatures follow each other. */
  #signatures(owner: Name, refs: readonly number[], isApex: boolean): void {
    const image = this.#image;
    for (const ref of refs) {
      if (isApex && image.rrsetType(ref) === RRType.ZONEMD) continue;
      const start = image.rrsetData(ref) + image.rrsetDataLength(ref);
      this.#set(owner, RRType.RRSIG, start, start + image.rrsetSigLength(ref), image.rrsetSigCount(ref));
    }
  }

  #set(owner: Name, type: number, start: number, end: number, count: number): void {
    const { octets } = this.#image;
    const lower = hasCanonicalNames(type);
    if (count === 1) {
      this.#record(owner, octets, start, this.#rdata(type, lower, start, end));
      return;
    }
    const records: { at: number; rdata: Uint8Array }[] = [];
    let inOrder = true;
    for (let at = start; at < end; ) {
      const length = (octets[at + 10]! << 8) | octets[at + 11]!;
      const rdata = this.#rdata(type, lower, at, at + RR_HEAD + length);
      const before = records.at(-1);
      if (before && compareBytes(before.rdata, rdata) > 0) inOrder = false;
      records.push({ at, rdata });
      at += RR_HEAD + length;
    }
    if (!inOrder) records.sort((a, b) => compareBytes(a.rdata, b.rdata));
    for (const [i, { at, rdata }] of records.entries()) {
      // Two spellings of one name are one record in canonical form (RFC 4034 section 6.3).
      if (i > 0 && compareBytes(records[i - 1]!.rdata, rdata) === 0) continue;
      this.#record(owner, octets, at, rdata);
    }
  }

  #rdata(type: number, lower: boolean, start: number, end: number): Uint8Array {
    const rdata = this.#image.octets.subarray(start + RR_HEAD, end);
    return lower ? canonicalRdata(type, rdata) : rdata;
  }

  /** Type, class, TTL and length stand behind the two octets of the compressed owner at `at`. */
  #record(owner: Name, octets: Uint8Array, at: number, rdata: Uint8Array): void {
    if (this.#length >= CHUNK) this.end();
    const out = this.#out;
    let to = this.#length;
    for (let i = 0; i < owner.length; i++) out[to++] = CASE_FOLD[owner[i]!]!;
    for (let i = 2; i < RR_HEAD; i++) out[to++] = octets[at + i]!;
    out.set(rdata, to);
    this.#length = to + rdata.length;
  }
}

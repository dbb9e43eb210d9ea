/** An image back to RRsets: what a test compares, what `image dump` prints, what a mode switch compiles again. */
import type { Name } from "#name";
import { canonicalRdata } from "#rdata";
import type { ZoneImage } from "./image.ts";
import { Header, RR_HEAD, SpareWord } from "./layout.ts";

/** One RRset of the zone, or the RRSIGs that cover one (type RRSIG). Octets are views into the image. */
export type UnpackedRRset = {
  readonly owner: Name;
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
};

const RRSIG = 46;

/** All RRsets in canonical order of owners, the RRSIGs of a set right behind it, then the NSEC3 chain, then spare NSEC3s. */
export function* unpackImage(image: ZoneImage): Generator<UnpackedRRset> {
  for (let index = 0; index < image.nodeCount; index++) {
    const node = image.nodeAt(index);
    const owner = image.nodeName(node);
    for (let i = 0; i < image.rrsetsAt(node); i++) yield* unpackSet(image, owner, image.rrsetAt(node, i));
  }
  const count = image.nsec3?.count ?? 0;
  for (let index = 0; index < count; index++) {
    const entry = image.nsec3At(index);
    const at = image.nsec3Name(entry);
    yield* unpackSet(image, image.octets.subarray(at, at + image.nsec3NameLength(entry)), image.nsec3RRset(entry));
  }
  const list = image.words[Header.SpareList]!;
  for (let index = 0; index < image.words[Header.SpareCount]!; index++) {
    const entry = list + SpareWord.Size * index;
    const at = image.words[entry + SpareWord.Name]!;
    const owner = image.octets.subarray(at, at + image.words[entry + SpareWord.NameLength]!);
    yield* unpackSet(image, owner, image.words[entry + SpareWord.RRset]!);
  }
}

/** The RRset behind a ref and its RRSIGs; signatures of different TTL come as sets of their own. */
export function* unpackSet(image: ZoneImage, owner: Name, ref: number): Generator<UnpackedRRset> {
  const data = image.rrsetData(ref);
  const end = data + image.rrsetDataLength(ref);
  if (image.rrsetCountOf(ref) > 0) {
    yield { owner, type: image.rrsetType(ref), ttl: image.rrsetTtl(ref), rdatas: rdatasBetween(image, data, end) };
  }
  if (image.rrsetSigCount(ref) > 0) {
    const byTtl = new Map<number, Uint8Array[]>();
    for (const rr of walkRRs(image, end, end + image.rrsetSigLength(ref))) {
      const rdatas = byTtl.get(rr.ttl) ?? [];
      rdatas.push(rr.rdata);
      byTtl.set(rr.ttl, rdatas);
    }
    for (const [ttl, rdatas] of byTtl) yield { owner, type: RRSIG, ttl, rdatas };
  }
}

/** RDATAs of an RRset, as views. */
export function rrsetRdatas(image: ZoneImage, ref: number): Uint8Array[] {
  const data = image.rrsetData(ref);
  return rdatasBetween(image, data, data + image.rrsetDataLength(ref));
}

/** RRSIG RDATAs of an RRset, as views. */
export function rrsetSignatures(image: ZoneImage, ref: number): Uint8Array[] {
  const start = image.rrsetData(ref) + image.rrsetDataLength(ref);
  return rdatasBetween(image, start, start + image.rrsetSigLength(ref));
}

/** An RRset and its RRSIGs record by record, as a change sees them: canonical form beside each RDATA. Octets are views. */
export function unpackRecords(image: ZoneImage, ref: number) {
  const data = image.rrsetData(ref);
  const end = data + image.rrsetDataLength(ref);
  return {
    records: recordsBetween(image, image.rrsetType(ref), data, end),
    signatures: recordsBetween(image, RRSIG, end, end + image.rrsetSigLength(ref)),
  };
}

function recordsBetween(image: ZoneImage, type: number, start: number, end: number) {
  const records: { rdata: Uint8Array; canonical: Uint8Array; ttl: number }[] = [];
  for (const { ttl, rdata } of walkRRs(image, start, end)) {
    records.push({ rdata, canonical: canonicalRdata(type, rdata), ttl });
  }
  return records;
}

function rdatasBetween(image: ZoneImage, start: number, end: number): Uint8Array[] {
  const rdatas: Uint8Array[] = [];
  for (const rr of walkRRs(image, start, end)) rdatas.push(rr.rdata);
  return rdatas;
}

function* walkRRs(image: ZoneImage, start: number, end: number): Generator<{ ttl: number; rdata: Uint8Array }> {
  const o = image.octets;
  for (let at = start; at < end; ) {
    const length = (o[at + 10]! << 8) | o[at + 11]!;
    const ttl = ((o[at + 6]! << 24) | (o[at + 7]! << 16) | (o[at + 8]! << 8) | o[at + 9]!) >>> 0;
    yield { ttl, rdata: o.subarray(at + RR_HEAD, at + RR_HEAD + length) };
    at += RR_HEAD + length;
  }
}

/**
 * A zone that is signed here as a whole: for secondaries, which have no keys. Three jobs, the middle one in shares on all cores.
 *
 * ```
 *  served image ▶ chain: + DNSKEY, CDS, CDNSKEY, whole NSEC or NSEC3 chain ▶ shares: RRSIGs of a range of it ▶ join ▶ image
 * ```
 */
import { fail, ok, type Result } from "#bytes";
import type { Crypto, Signer } from "#crypto";
import { buildNsec3Chain, hashOfNsec3Owner, nsec3paramRdata, PLAIN_NSEC3_PARAMS } from "#dnssec";
import {
  compileImage,
  type ImageBuffer,
  imageView,
  NodeFlag,
  rrsetRdatas,
  rrsetSignatures,
  unpackImage,
  verifyImage,
  ZoneImage,
} from "#image";
import { type SignatureWindow, signRRset } from "#keys";
import { type Name, nameHash } from "#name";
import type { PublishedRRset, PublishedZsk } from "#publish";
import { RRType, readRrsig, readSoa } from "#rdata";
import { RecordBatch, ZoneBuilder, type ZoneVersion } from "#zone";
import type { Fault } from "../work.ts";
import type { SignChangeJob, SignChangeRefusal, SignedChange } from "./sign-change.ts";
import { CHAIN_TYPES, isSigned } from "./signed-types.ts";

export type SignJob =
  | SignChangeJob
  | {
      readonly kind: "sign-chain";
      readonly image: ImageBuffer;
      readonly root: number;
      readonly apexRRsets: readonly PublishedRRset[];
      readonly denial: "nsec" | "nsec3";
    }
  /** Nodes, and behind them NSEC3 entries, `from` to `to` - 1 of an image that "sign-chain" made. */
  | {
      readonly kind: "sign-share";
      readonly image: ImageBuffer;
      readonly from: number;
      readonly to: number;
      /** What was given out before: sets that did not change keep their signatures while these hold as long. */
      readonly before?: { readonly image: ImageBuffer; readonly root: number };
      readonly zsk: PublishedZsk;
      readonly window: SignatureWindow;
    }
  | {
      readonly kind: "sign-join";
      readonly image: ImageBuffer;
      readonly apexRRsets: readonly PublishedRRset[];
      readonly shares: readonly SignedShare[];
      /** Octets behind the image for what changes later; by its size when left out. */
      readonly roomOctets?: number;
    };

export type SignedShare = { readonly octets: Uint8Array; readonly count: number };

export type SignAnswer = {
  "sign-chain": Result<SharedArrayBuffer, Fault>;
  "sign-share": Result<SignedShare, Fault>;
  "sign-join": Result<SharedArrayBuffer, Fault>;
  "sign-change": Result<SignedChange, SignChangeRefusal>;
};

type JobOf<K extends SignJob["kind"]> = Extract<SignJob, { kind: K }>;

export function makeChain(job: JobOf<"sign-chain">): Result<SharedArrayBuffer, Fault> {
  const image = new ZoneImage(job.image, job.root);
  const apex = apexOf(image);
  const bare = new ZoneBuilder(apex);
  for (const { owner, type, ttl, rdatas } of unpackImage(image)) {
    if (!CHAIN_TYPES.has(type)) for (const rdata of rdatas) bare.add(owner, type, ttl, rdata);
  }
  if (job.denial === "nsec") {
    const version = bare.finish();
    if (!version.ok) return fail({ code: `zone.${version.error.code}`, text: version.error.text });
    const apexTypes = job.apexRRsets.map(({ type }) => type);
    const chained = compile(version.value, { treatment: "strip", ownChain: { apexTypes } });
    return chained.ok ? withApex(new ZoneImage(chained.value), job.apexRRsets) : chained;
  }
  for (const { type, ttl, rdatas } of job.apexRRsets) for (const rdata of rdatas) bare.add(apex, type, ttl, rdata);
  // TTL 0, as most signers have it: no resolver needs to keep it.
  bare.add(apex, RRType.NSEC3PARAM, 0, nsec3paramRdata(PLAIN_NSEC3_PARAMS));
  const plain = finish(bare);
  return plain.ok ? withNsec3(new ZoneImage(plain.value)) : plain;
}

/** The apex sets without their signatures: these come with the shares. */
function withApex(image: ZoneImage, sets: readonly PublishedRRset[]): Result<SharedArrayBuffer, Fault> {
  const builder = copyOf(image);
  const apex = apexOf(image);
  for (const { type, ttl, rdatas } of sets) for (const rdata of rdatas) builder.add(apex, type, ttl, rdata);
  return finish(builder);
}

function withNsec3(image: ZoneImage): Result<SharedArrayBuffer, Fault> {
  const links = buildNsec3Chain(imageView(image), PLAIN_NSEC3_PARAMS, false);
  if (!links) return fail({ code: "dnssec.apex-too-long", text: "the apex is too long for NSEC3 owner names" });
  const builder = copyOf(image);
  for (const { owner, rdata } of links) builder.add(owner, RRType.NSEC3, negativeTtl(image), rdata);
  return finish(builder);
}

/** RFC 9077: the TTL of NSEC and NSEC3. */
function negativeTtl(image: ZoneImage): number {
  const soa = image.findRRset(image.apexNode, RRType.SOA);
  return Math.min(image.rrsetTtl(soa), readSoa(rrsetRdatas(image, soa)[0]!).minimum);
}

export function signShare(job: JobOf<"sign-share">, crypto: Pick<Crypto, "openSigner">): Result<SignedShare, Fault> {
  const opened = crypto.openSigner(job.zsk);
  if (!opened.ok) return fail({ code: `key.${opened.error}`, text: `the ZSK can't be opened (${opened.error})` });
  try {
    return ok(signRange(job, opened.value));
  } finally {
    opened.value.close();
  }
}

function signRange(job: JobOf<"sign-share">, signer: Signer): SignedShare {
  const image = new ZoneImage(job.image);
  const apex = apexOf(image);
  const batch = new RecordBatch();
  const before = job.before && new ZoneImage(job.before.image, job.before.root);
  const sign = (owner: Name, ref: number): void => {
    const [type, ttl] = [image.rrsetType(ref), image.rrsetTtl(ref)];
    const kept = before && keptSignature({ before, image, owner, ref }, job);
    const rdata = kept ?? signRRset(signer, apex, { owner, type, ttl, rdatas: rrsetRdatas(image, ref) }, job.window);
    batch.append(owner, owner.length, RRType.RRSIG, ttl, rdata, rdata.length);
  };
  for (let index = job.from; index < Math.min(job.to, image.nodeCount); index++) {
    const node = image.nodeAt(index);
    const flags = image.nodeFlags(node);
    if ((flags & NodeFlag.Occluded) !== 0) continue;
    for (let i = 0; i < image.rrsetsAt(node); i++) {
      const ref = image.rrsetAt(node, i);
      if (isSigned(image.rrsetType(ref), flags)) sign(image.nodeName(node), ref);
    }
  }
  for (let entry = Math.max(0, job.from - image.nodeCount); entry < job.to - image.nodeCount; entry++) {
    const nsec3 = image.nsec3At(entry);
    const at = image.nsec3Name(nsec3);
    sign(image.octets.subarray(at, at + image.nsec3NameLength(nsec3)), image.nsec3RRset(nsec3));
  }
  return { octets: batch.octets.slice(), count: batch.count };
}

type Place = { readonly before: ZoneImage; readonly image: ZoneImage; readonly owner: Name; readonly ref: number };

/** The signature that this set has already: by this key, for this period, over the same octets. */
function keptSignature({ before, image, owner, ref }: Place, job: JobOf<"sign-share">): Uint8Array | undefined {
  const type = image.rrsetType(ref);
  const old = type === RRType.NSEC3 ? oldNsec3(before, owner) : oldSet(before, owner, type);
  if (old === 0 || before.rrsetTtl(old) !== image.rrsetTtl(ref)) return undefined;
  const length = image.rrsetDataLength(ref);
  if (before.rrsetDataLength(old) !== length) return undefined;
  const [a, b] = [image.rrsetData(ref), before.rrsetData(old)];
  for (let i = 0; i < length; i++) if (image.octets[a + i] !== before.octets[b + i]) return undefined;
  return rrsetSignatures(before, old).find((rdata) => {
    const { keyTag, algorithm, expiration } = readRrsig(rdata);
    return keyTag === job.zsk.keyTag && algorithm === job.zsk.algorithm && expiration === job.window.expiration;
  });
}

function oldSet(before: ZoneImage, owner: Name, type: number): number {
  const node = before.findNode(nameHash(owner), owner, 0);
  return node === 0 ? 0 : before.findRRset(node, type);
}

function oldNsec3(before: ZoneImage, owner: Name): number {
  const hash = hashOfNsec3Owner(owner, apexOf(before));
  if (!hash || !before.nsec3) return 0;
  const index = before.findNsec3(hash);
  return before.nsec3Equals(index, hash) ? before.nsec3RRset(index) : 0;
}

export function joinShares(job: JobOf<"sign-join">): Result<SharedArrayBuffer, Fault> {
  const image = new ZoneImage(job.image);
  const builder = copyOf(image);
  const apex = apexOf(image);
  for (const { ttl, signatures } of job.apexRRsets) {
    for (const rdata of signatures) builder.add(apex, RRType.RRSIG, ttl, rdata);
  }
  for (const { octets, count } of job.shares) {
    for (const record of new RecordBatch(octets, octets.length, count)) {
      const added = builder.add(record.owner, record.type, record.ttl, record.rdata);
      if (!added.ok) return fail({ code: `zone.${added.error.code}`, text: added.error.text });
    }
  }
  return finish(builder, job.roomOctets ?? "by-size");
}

function copyOf(image: ZoneImage): ZoneBuilder {
  const builder = new ZoneBuilder(apexOf(image));
  for (const { owner, type, ttl, rdatas } of unpackImage(image)) {
    for (const rdata of rdatas) builder.add(owner, type, ttl, rdata);
  }
  return builder;
}

function apexOf(image: ZoneImage): Name {
  return image.nodeName(image.apexNode).slice();
}

function finish(builder: ZoneBuilder, roomOctets: number | "by-size" = 0): Result<SharedArrayBuffer, Fault> {
  const version = builder.finish();
  if (!version.ok) return fail({ code: `zone.${version.error.code}`, text: version.error.text });
  return compile(version.value, { treatment: "as-is" }, roomOctets);
}

function compile(
  version: ZoneVersion,
  options: Parameters<typeof compileImage>[1],
  roomOctets: number | "by-size" = 0,
): Result<SharedArrayBuffer, Fault> {
  const image = compileImage(version, roomOctets === "by-size" ? options : { ...options, roomOctets });
  if (!image.ok) return fail({ code: `image.${image.error.code}`, text: image.error.text });
  const verified = verifyImage(image.value);
  if (!verified.ok) return fail({ code: `image.${verified.error.code}`, text: verified.error.text });
  return ok(image.value);
}

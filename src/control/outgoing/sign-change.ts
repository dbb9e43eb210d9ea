/**
 * A change of some records of a zone that is signed here and given out: what was given out before is brought to the new version
 * by signing what changed, and nothing else.
 *
 * ```
 *  given before ─┬─ data of the touched names as served now ─▶ laid over: shows cuts, empty non-terminals, neighbours (thrown away)
 *                │                                              └▶ links of the chain, signatures that are missing
 *                └─ all of it ─▶ laid over: what is given out now; and the change itself is what IXFR out gives
 * ```
 * What a change can't be made for (`SignChangeRefusal`) is signed as a whole, as a first version is.
 */
import { bytesEqual, fail, ok, type Result, toHex } from "#bytes";
import type { Crypto, Signer } from "#crypto";
import { NodeFlag, type OverlayRefusal, overlayChanges, unpackSet, verifyOverlay, ZoneImage } from "#image";
import type { SignatureWindow } from "#keys";
import { type Name, nameHash, nameKey } from "#name";
import type { PublishedRRset, PublishedZsk } from "#publish";
import { RRType, readRrsig } from "#rdata";
import type { ImageAt } from "../image-at.ts";
import { type PostedChange, postChanges, takeChanges } from "../posted-changes.ts";
import { relinkNsec, relinkNsec3 } from "./chain-change.ts";
import { ChangeDraft } from "./change-draft.ts";
import { BY_KSK, CHAIN_TYPES, isSigned } from "./signed-types.ts";

export type SignChangeJob = {
  readonly kind: "sign-change";
  /** What was given out before: the newest version in its buffer, signed by this key for this period. */
  readonly given: ImageAt;
  readonly served: ImageAt;
  /** From the version that `given` was made of to the served one; only their owner names count. */
  readonly changes: readonly PostedChange[];
  readonly apexRRsets: readonly PublishedRRset[];
  readonly zsk: PublishedZsk;
  readonly window: SignatureWindow;
};

export type SignedChange = { readonly root: number; readonly change: PostedChange };

export type SignChangeRefusal =
  | OverlayRefusal
  /** NSEC and NSEC3 would all get another TTL. */
  | "negative-ttl"
  /** A name that stays is spelled with other capitals. */
  | "spelling"
  | "key";

/** Names that are worth it one by one. */
const MAX_NAMES = 4096;

export function signChange(
  job: SignChangeJob,
  crypto: Pick<Crypto, "openSigner">,
): Result<SignedChange, SignChangeRefusal> {
  const given = new ZoneImage(job.given.image, job.given.root);
  const served = new ZoneImage(job.served.image, job.served.root);
  if (given.negativeTtl !== served.negativeTtl) return fail("negative-ttl");
  const names = touchedNames(given, job.changes);
  if (!names) return fail("too-many-edits");
  const opened = crypto.openSigner(job.zsk);
  if (!opened.ok) return fail("key");
  const signer = opened.value;
  try {
    return makeChange(given, served, names, job, signer);
  } finally {
    signer.close();
  }
}

function makeChange(
  given: ZoneImage,
  served: ZoneImage,
  names: readonly Name[],
  { apexRRsets, window }: SignChangeJob,
  signer: Signer,
): Result<SignedChange, SignChangeRefusal> {
  const draft = new ChangeDraft(signer, window, given.nodeName(given.apexNode));
  for (const name of names) if (!takeOver(given, served, name, draft)) return fail("spelling");
  takeApex(given, apexRRsets, draft);
  const laid = overlayChanges(given, [draft.change], "as-is");
  if (!laid.ok) return laid;
  const { image: shape, touched: laidOver } = laid.value;
  // A cut or a DNAME takes names along that did not change: they lose their signatures, or get some. Copies, as the shape is written over.
  const moved = laidOver.movedNames.map((name) => name.slice());
  const all = [...new Map([...names, ...moved].map((name) => [nameKey(name), name])).values()];
  if (given.nsec3) relinkNsec3(shape, all, draft);
  else relinkNsec(shape, all, draft);
  for (const name of all) signMissing(shape, name, draft);
  // Over `given` again: what was laid there to see the shape is written over.
  const made = overlayChanges(given, [draft.change], "as-is");
  if (!made.ok) return made;
  const { image, touched } = made.value;
  const wrong = verifyOverlay(image, touched.nodes, touched.nsec3s);
  if (wrong) throw new Error(`a signed overlay is not sound: ${wrong.code} at ${wrong.at}: ${wrong.text}`);
  return ok({ root: image.root, change: postChanges([draft.change])[0]! });
}

/** The apex first: its SOA changes with every version. Undefined: too many. */
function touchedNames(image: ZoneImage, changes: readonly PostedChange[]): readonly Name[] | undefined {
  const apex = image.nodeName(image.apexNode).slice();
  const names = new Map<string, Name>([[nameKey(apex), apex]]);
  for (const { deletions, additions } of takeChanges(changes)) {
    for (const batch of [deletions, additions]) {
      for (const { owner } of batch) {
        const key = nameKey(owner);
        if (!names.has(key)) names.set(key, owner.slice());
        if (names.size > MAX_NAMES) return undefined;
      }
    }
  }
  return [...names.values()];
}

/** Data of a name as it is served now, in place of what was given out; signatures over sets that changed go. */
function takeOver(given: ZoneImage, served: ZoneImage, name: Name, draft: ChangeDraft): boolean {
  const hash = nameHash(name);
  const [was, is] = [given.findNode(hash, name, 0), served.findNode(hash, name, 0)];
  const [old, fresh] = [dataSets(given, was), dataSets(served, is)];
  const owner = was === 0 ? (is === 0 ? name : served.nodeName(is)) : given.nodeName(was);
  if (old.size > 0 && fresh.size > 0 && !bytesEqual(owner, served.nodeName(is))) return false;
  for (const [type, ref] of old) {
    if (!isSame(given, ref, served, fresh.get(type))) draft.remove(given, owner, ref);
  }
  for (const [type, ref] of fresh) {
    if (isSame(served, ref, given, old.get(type))) continue;
    for (const set of unpackSet(served, owner, ref)) {
      if (set.type !== type) continue;
      for (const rdata of set.rdatas) draft.add(owner, type, set.ttl, rdata);
      // At once: without it the shape would be that of a zone that is not signed any more.
      if (type === RRType.SOA) draft.sign(owner, type, set.ttl, set.rdatas);
    }
  }
  const nsec = was === 0 ? 0 : given.findRRset(was, RRType.NSEC);
  if (fresh.size === 0 && nsec !== 0) draft.remove(given, owner, nsec);
  return true;
}

/** By type: what came from the primary. The SOA first, with which a change begins. */
function dataSets(image: ZoneImage, node: number): ReadonlyMap<number, number> {
  const sets = new Map<number, number>();
  if (node === 0) return sets;
  const soa = image.findRRset(node, RRType.SOA);
  if (soa !== 0) sets.set(RRType.SOA, soa);
  for (let i = 0; i < image.rrsetsAt(node); i++) {
    const ref = image.rrsetAt(node, i);
    const type = image.rrsetType(ref);
    const isOurs = CHAIN_TYPES.has(type) || (node === image.apexNode && BY_KSK.has(type));
    if (!isOurs && image.rrsetCountOf(ref) > 0) sets.set(type, ref);
  }
  return sets;
}

function isSame(a: ZoneImage, refA: number, b: ZoneImage, refB: number | undefined): boolean {
  if (refB === undefined || a.rrsetDataLength(refA) !== b.rrsetDataLength(refB)) return false;
  // Heads with TTLs are among these octets.
  const data = (image: ZoneImage, ref: number) =>
    image.octets.subarray(image.rrsetData(ref), image.rrsetData(ref) + image.rrsetDataLength(ref));
  return bytesEqual(data(a, refA), data(b, refB));
}

/** DNSKEY, CDS and CDNSKEY with the KSK's signatures, which are others each time: those that hold as long stay. */
function takeApex(given: ZoneImage, apexRRsets: readonly PublishedRRset[], draft: ChangeDraft): void {
  const owner = given.nodeName(given.apexNode);
  for (const type of BY_KSK) {
    const ref = given.findRRset(given.apexNode, type);
    const wanted = apexRRsets.find((set) => set.type === type);
    if (ref !== 0 && wanted && isSamePublished(given, owner, ref, wanted)) continue;
    if (ref !== 0) draft.remove(given, owner, ref);
    if (!wanted) continue;
    for (const rdata of wanted.rdatas) draft.add(owner, type, wanted.ttl, rdata);
    for (const rdata of wanted.signatures) draft.add(owner, RRType.RRSIG, wanted.ttl, rdata);
  }
}

function isSamePublished(image: ZoneImage, owner: Name, ref: number, wanted: PublishedRRset): boolean {
  const sets = [...unpackSet(image, owner, ref)];
  const have = sets.filter((set) => set.type === wanted.type).flatMap((set) => set.rdatas);
  const signed = sets.filter((set) => set.type === RRType.RRSIG).flatMap((set) => set.rdatas);
  return (
    sets.every((set) => set.ttl === wanted.ttl) &&
    sameList(have.map(toHex), wanted.rdatas.map(toHex)) &&
    sameList(signed.map(signerOf), wanted.signatures.map(signerOf))
  );
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return [...a].sort().join() === [...b].sort().join();
}

function signerOf(rdata: Uint8Array): string {
  const { keyTag, algorithm, expiration } = readRrsig(rdata);
  return `${keyTag}/${algorithm}/${expiration}`;
}

/** Sets of a name that have none yet; and those go that cover what is signed no longer (RFC 4035 section 2.2). */
function signMissing(shape: ZoneImage, name: Name, draft: ChangeDraft): void {
  const node = shape.findNode(nameHash(name), name, 0);
  if (node === 0) return;
  const flags = shape.nodeFlags(node);
  const owner = shape.nodeName(node);
  for (const [type, ref] of dataSets(shape, node)) {
    const isWanted = (flags & NodeFlag.Occluded) === 0 && isSigned(type, flags);
    const isThere = shape.rrsetSigCount(ref) > 0;
    if (isThere && !isWanted) draft.removeSignatures(shape, owner, ref);
    if (isThere || !isWanted) continue;
    const set = [...unpackSet(shape, owner, ref)][0]!;
    draft.sign(owner, type, set.ttl, set.rdatas);
  }
}

/**
 * A version as an overlay over the one before: a change of one record writes some kilobytes behind an image of half a
 * gigabyte. What is awkward is refused with a code; the whole zone is compiled then, as it is for small zones.
 */
import { fail, type Result } from "#bytes";
import { type Name, nameHash, nameKey } from "#name";
import { parseTypeBitmap, RRType, readNsec } from "#rdata";
import { RecordBatch, ZoneChange } from "#zone";
import type { ZoneImage } from "./image.ts";
import { ImageFlag } from "./layout.ts";
import { linkAt, type NsecLink, nsecLinks } from "./nsec-links.ts";
import { foldChanges, type OverlayRefusal } from "./overlay-model.ts";
import { planTree } from "./overlay-plan.ts";
import { MAX_OVERLAY_ENTRIES, type Overlaid, writeOverlay } from "./overlay-write.ts";
import { STRIPPED, type Treatment } from "./plan.ts";
import { rrsetRdatas } from "./unpack.ts";

/** Records deleted and added, beyond which compiling the whole zone is no worse. */
const MAX_CHANGED_RECORDS = 100_000;

/**
 * The version that `changes` lead to, written into the room behind `image`, which must be the newest of its buffer. One writer
 * at a time; what is written by a call whose outcome is thrown away is written over by the next.
 */
export function overlayChanges(
  image: ZoneImage,
  changes: readonly ZoneChange[],
  treatment: Treatment,
): Result<Overlaid, OverlayRefusal> {
  if (image.end + 64 > image.words.length) return fail("no-room");
  let records = 0;
  for (const { deletions, additions } of changes) records += deletions.count + additions.count;
  if (records > MAX_CHANGED_RECORDS) return fail("too-many-edits");
  const taken = treatment === "strip" ? changes.map(strip) : changes;
  return (image.flags & ImageFlag.OwnChain) === 0 ? lay(image, taken) : layWithChain(image, taken);
}

function lay(image: ZoneImage, changes: readonly ZoneChange[]): Result<Overlaid, OverlayRefusal> {
  const model = foldChanges(image, changes);
  if (!model.ok) return model;
  if (image.overlayEntries + model.value.names.size > MAX_OVERLAY_ENTRIES) return fail("too-many-edits");
  const tree = planTree(image, model.value);
  if (!tree.ok) return tree;
  return writeOverlay(image, model.value, tree.value);
}

/**
 * The NSEC chain is ours: its links are changed along. What the changes alone make is laid over first, to see which names there
 * are, and written over then.
 */
function layWithChain(image: ZoneImage, changes: readonly ZoneChange[]): Result<Overlaid, OverlayRefusal> {
  const names = ownersOf(changes);
  const types = apexTypesBeside(image);
  const bare = lay(image, changes);
  if (!bare.ok) return bare;
  if (bare.value.image.negativeTtl !== image.negativeTtl) return fail("own-chain");
  const lonely = names.flatMap((name) => lonelyNsec(bare.value.image, name));
  const shape = lonely.length === 0 ? bare : lay(image, withLinks(changes, lonely, image.negativeTtl));
  if (!shape.ok) return shape;
  // Copies: they are views into what is written over now.
  const moved = shape.value.touched.movedNames.map((name) => name.slice());
  const relinked = new Map([...names, ...moved].map((name) => [nameKey(name), name]));
  const links = nsecLinks(shape.value.image, [...relinked.values()], types);
  return lay(image, withLinks(changes, [...lonely, ...links], image.negativeTtl));
}

/** In the order in which they come first. */
function ownersOf(changes: readonly ZoneChange[]): readonly Name[] {
  const names = new Map<string, Name>();
  for (const { deletions, additions } of changes) {
    for (const batch of [deletions, additions]) {
      for (const { owner } of batch) names.set(nameKey(owner), owner.slice());
    }
  }
  return [...names.values()];
}

/** What the apex NSEC names without its being there: DNSKEY, CDS and CDNSKEY are added while answering. */
function apexTypesBeside(image: ZoneImage): readonly number[] {
  const nsec = image.findRRset(image.apexNode, RRType.NSEC);
  const { bitmap } = readNsec(rrsetRdatas(image, nsec)[0]!);
  return parseTypeBitmap(bitmap).filter((type) => type !== RRType.RRSIG && image.findRRset(image.apexNode, type) === 0);
}

/** The NSEC of a name that has nothing else any more. */
function lonelyNsec(shape: ZoneImage, name: Name): readonly NsecLink[] {
  const node = shape.findNode(nameHash(name), name, 0);
  const ref = node === 0 || shape.rrsetsAt(node) > 1 ? 0 : shape.findRRset(node, RRType.NSEC);
  return ref === 0 ? [] : [linkAt(shape, node, undefined)];
}

/** The last of the changes brings the links along. */
function withLinks(changes: readonly ZoneChange[], links: readonly NsecLink[], ttl: number): readonly ZoneChange[] {
  const last = changes.at(-1)!;
  const [deletions, additions] = [copyOf(last.deletions), copyOf(last.additions)];
  for (const { owner, old, rdata } of links) {
    if (old) deletions.append(owner, owner.length, RRType.NSEC, old.ttl, old.rdata, old.rdata.length);
    if (rdata) additions.append(owner, owner.length, RRType.NSEC, ttl, rdata, rdata.length);
  }
  return [...changes.slice(0, -1), new ZoneChange(deletions, additions)];
}

function copyOf({ octets, count }: RecordBatch): RecordBatch {
  return new RecordBatch(octets.slice(), octets.length, count);
}

/** The change of an image without the primary's DNSSEC records. */
function strip(change: ZoneChange): ZoneChange {
  return new ZoneChange(stripBatch(change.deletions), stripBatch(change.additions));
}

function stripBatch(batch: RecordBatch): RecordBatch {
  const kept = new RecordBatch();
  for (const { owner, type, ttl, rdata } of batch) {
    if (!STRIPPED.has(type)) kept.append(owner, owner.length, type, ttl, rdata, rdata.length);
  }
  return kept;
}

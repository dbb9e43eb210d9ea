/**
 * A version as an overlay over the one before: a change of one record writes some kilobytes behind an image of half a
 * gigabyte. What is awkward is refused with a code; the whole zone is compiled then, as it is for small zones.
 */
import { fail, type Result } from "#bytes";
import { RecordBatch, ZoneChange } from "#zone";
import type { ZoneImage } from "./image.ts";
import { ImageFlag } from "./layout.ts";
import { foldChanges, type OverlayRefusal } from "./overlay-model.ts";
import { planTree } from "./overlay-plan.ts";
import { MAX_OVERLAY_ENTRIES, type Overlaid, writeOverlay } from "./overlay-write.ts";
import { STRIPPED, type Treatment } from "./plan.ts";

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
  if ((image.flags & ImageFlag.OwnChain) !== 0) return fail("own-chain");
  if (image.end + 64 > image.words.length) return fail("no-room");
  let records = 0;
  for (const { deletions, additions } of changes) records += deletions.count + additions.count;
  if (records > MAX_CHANGED_RECORDS) return fail("too-many-edits");
  const taken = treatment === "strip" ? changes.map(strip) : changes;
  const model = foldChanges(image, taken);
  if (!model.ok) return model;
  if (image.overlayEntries + model.value.names.size > MAX_OVERLAY_ENTRIES) return fail("too-many-edits");
  const tree = planTree(image, model.value);
  if (!tree.ok) return tree;
  return writeOverlay(image, model.value, tree.value);
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

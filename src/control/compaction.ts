/**
 * Overlays become an image again: in the background, from what is stored, while answers and further changes go on.
 *
 * ```
 *  a round ends ─ overlays grew large? ─▶ recompiled, written to disk (jobs) ─▶ round "compacted": what came meanwhile laid
 *                                                                               over it, row, published like any version
 * ```
 * Whatever goes wrong, or is overtaken by a whole transfer, leaves things as they are; the next round's end tries again.
 */
import type { CompileOptions, ZoneImage } from "#image";
import type { ZoneChange } from "#zone";
import type { Deps } from "./deps.ts";
import { imageAt } from "./image-at.ts";
import { chainBeside } from "./image-facts.ts";
import { postChanges } from "./posted-changes.ts";
import { baseOctets, fileName, overlayOf, saveOverlay } from "./stored-image.ts";
import { type ServedVersion, type StoredVersion, sameVersion } from "./versions.ts";

/** Nodes and NSEC3s that differ from the base: from here on each change costs a millisecond more than it should. */
const MANY_EDITS = 4096;

export type ImageFile = { readonly image: ZoneImage; readonly file: string };

/** Images made of a version's overlays. */
export type Compacted = {
  readonly from: StoredVersion;
  readonly stored: ImageFile;
  /** Where what is served is an image of its own. */
  readonly served: ImageFile | undefined;
  /** What was stored since, in order. */
  readonly since: readonly (readonly ZoneChange[])[];
};

export function wantsCompaction(stored: StoredVersion | undefined, served: ServedVersion | undefined): boolean {
  if (!stored || !served || !sameVersion(stored, served.from)) return false;
  return isHeavy(stored.image) || (served.file !== stored.file && isHeavy(served.image));
}

function isHeavy(image: ZoneImage): boolean {
  const { root, end, baseWords, words, overlayEntries } = image;
  return root !== 0 && (overlayEntries > MANY_EDITS || 2 * (end - baseWords) > words.length - baseWords);
}

/** Undefined when it could not be done; what is on disk then is taken away. */
export async function compact(
  zoneId: string,
  from: StoredVersion,
  served: ServedVersion,
  deps: Deps,
): Promise<Pick<Compacted, "stored" | "served"> | undefined> {
  const stored = await remake(zoneId, from.image, "t", { treatment: "as-is" }, deps);
  if (!stored) return undefined;
  // One with a serial of its own (to secondaries each signing is a version) is made whole each time.
  if (served.file === from.file || served.image.root === 0 || served.image.serial !== from.serial)
    return { stored, served: undefined };
  const chain = served.denial === "chain" ? { ownChain: { apexTypes: chainBeside(served.image) } } : {};
  const own = await remake(zoneId, stored.image, "s", { treatment: "strip", ...chain }, deps);
  if (own) return { stored, served: own };
  await deps.store.files.removeImage(zoneId, stored.file);
  return undefined;
}

async function remake(
  zoneId: string,
  image: ZoneImage,
  use: "t" | "s",
  options: CompileOptions,
  deps: Deps,
): Promise<ImageFile | undefined> {
  const compiled = await deps.jobs.run<"recompile">({ kind: "recompile", ...imageAt(image), options });
  if (!compiled.ok) {
    deps.log.warn({ zoneId, code: compiled.error.code }, "overlays could not be made an image");
    return undefined;
  }
  const made = { image: overlayOf(compiled.value, 0), file: fileName(use, image.serial) };
  await deps.store.files.saveImage(zoneId, made.file, baseOctets(made.image));
  return made;
}

/** With what was stored since, or undefined when that does not go over it. */
export async function catchUp(
  zoneId: string,
  compacted: Compacted,
  deps: Deps,
): Promise<Pick<Compacted, "stored" | "served"> | undefined> {
  let { stored, served } = compacted;
  for (const changes of compacted.since) {
    const next = await lay(zoneId, stored, changes, "as-is", deps);
    if (!next) return undefined;
    stored = next;
    if (!served) continue;
    served = await lay(zoneId, served, changes, "strip", deps);
    if (!served) return undefined;
  }
  return { stored, served };
}

async function lay(
  zoneId: string,
  { image, file }: ImageFile,
  changes: readonly ZoneChange[],
  treatment: "as-is" | "strip",
  deps: Deps,
): Promise<ImageFile | undefined> {
  const order = { ...imageAt(image), changes: postChanges(changes), treatment };
  const made = await deps.jobs.run<"overlay">({ kind: "overlay", ...order });
  if (!made.ok) return undefined;
  const next = overlayOf(image.buffer, made.value.root);
  await saveOverlay(zoneId, file, next, deps);
  return { image: next, file };
}

/** Not needed after all. */
export async function dropCompacted(zoneId: string, compacted: Compacted, deps: Deps): Promise<void> {
  await deps.store.files.removeImage(zoneId, compacted.stored.file);
  if (compacted.served) await deps.store.files.removeImage(zoneId, compacted.served.file);
}

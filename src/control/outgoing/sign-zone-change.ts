/** What is given out of a zone that is signed here, brought to the next served version by signing what changed. */
import { fail, ok, type Result } from "#bytes";
import type { ZoneImage } from "#image";
import type { Name } from "#name";
import type { ZoneChange } from "#zone";
import { imageAt } from "../image-at.ts";
import type { JobRunner } from "../job-runner.ts";
import { postChanges, takeChanges } from "../posted-changes.ts";
import { overlayOf } from "../stored-image.ts";
import type { ServedVersion } from "../versions.ts";
import type { SignChangeRefusal } from "./sign-change.ts";
import { signingOf } from "./sign-whole-zone.ts";

/** By the same key, for the same period, with the same kind of denial: then what did not change keeps its signatures. */
export function canSignChange(before: ServedVersion, after: ServedVersion): boolean {
  const [old, now] = [before.signing, after.signing];
  return (
    old !== undefined &&
    now !== undefined &&
    old.zsk.id === now.zsk.id &&
    old.apex.resignAt === now.apex.resignAt &&
    before.denial === after.denial
  );
}

export type ChangeToSign = {
  /** Newest of its buffer. */
  readonly given: ZoneImage;
  readonly served: ServedVersion;
  /** From the served version that `given` was made of. */
  readonly changes: readonly ZoneChange[];
};

/** A refusal is normal: the zone is signed as a whole then. */
export async function signZoneChange(
  apex: Name,
  { given, served, changes }: ChangeToSign,
  jobs: JobRunner,
): Promise<Result<{ readonly image: ZoneImage; readonly change: ZoneChange }, SignChangeRefusal>> {
  const { apexRRsets, zsk, window } = signingOf(apex, served);
  const signed = await jobs.run<"sign-change">({
    kind: "sign-change",
    given: imageAt(given),
    served: imageAt(served.image),
    changes: postChanges(changes),
    apexRRsets,
    zsk,
    window,
  });
  if (!signed.ok) return fail(signed.error);
  const { root, change } = signed.value;
  return ok({ image: overlayOf(given.buffer, root), change: takeChanges([change])[0]! });
}

/** The last question before a version is published: does the operator's guard or hook speak against it? */
import { fail, type Result } from "#bytes";
import type { ZoneImage } from "#image";
import type { Deps } from "./deps.ts";
import type { ZoneLimitsNote } from "./limits-note.ts";
import type { ServedVersion, StoredVersion } from "./versions.ts";
import type { Fault } from "./work.ts";

/** A version that is ready to be published, and what it would take the place of. */
export type Candidate = {
  readonly zoneId: string;
  readonly name: string;
  readonly mode: string;
  readonly stored: StoredVersion;
  readonly served: ServedVersion | undefined;
  readonly limits: ZoneLimitsNote;
  /** Sentences about what looks wrong in it. */
  readonly suspicions: readonly string[];
};

export async function approve(candidate: Candidate, deps: Deps): Promise<Result<true, Fault>> {
  const { zoneId, name, mode, stored, served, limits, suspicions } = candidate;
  const settings = deps.settings();
  if (settings.suspicious === "hold" && suspicions.length > 0) {
    return fail({ code: "guard.suspicious", text: suspicions.join("; ") });
  }
  const lost = lossOf(stored.image, served?.from.image, limits.lossPercent ?? settings.holdLossPercent);
  if (lost) return fail(lost);
  return deps.hook.ask({ zoneId, name, mode, servedSerial: served?.image.serial }, stored.image);
}

/** More than `percent` of the records gone; 0 means that nobody looks. */
function lossOf(image: ZoneImage, before: ZoneImage | undefined, percent: number): Fault | undefined {
  if (percent === 0 || !before) return undefined;
  const [is, was] = [image.recordCount, before.recordCount];
  const gone = was - is;
  if (gone * 100 <= was * percent) return undefined;
  const text = `it has ${is} records where ${was} are served: ${((gone * 100) / was).toFixed(1)} % are gone, more than ${percent} %`;
  return { code: "guard.record-loss", text, detail: { records: is, served: was, percent } };
}

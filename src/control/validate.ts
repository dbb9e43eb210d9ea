/** Validation of a whole signed image over all cores: shares of equal size, more of them than workers, one report. */
import { apexItems, type ValidationReport } from "#dnssec";
import { imageView, type ZoneImage } from "#image";
import { imageAt } from "./image-at.ts";
import type { JobRunner } from "./job-runner.ts";
import { validationItems } from "./validate-image.ts";

/**
 * Shares a worker: names are not equally dear, cores are not equally free, and the last share is waited for. Of a million names
 * that wait is a second with this many; each share costs one more look at the apex, some 200 microseconds.
 */
const SHARES_A_WORKER = 32;
const LEAST_SHARE = 1000;
/** A share goes on for some quarter of a second at most: then other zones' jobs have their turn. */
const MOST_SHARE = 2000;

/** `now`: Unix seconds, the same for every share. `trusted`: a verified ZONEMD covers what is not at the apex. */
export async function validateImage(
  image: ZoneImage,
  jobs: JobRunner,
  now: number,
  trusted = false,
): Promise<ValidationReport> {
  const items = validationItems(image);
  const size = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, Math.ceil(items / (jobs.width * SHARES_A_WORKER))));
  const shares: Promise<ValidationReport>[] = [];
  const give = (from: number, to: number, share: { trusted?: boolean } = {}): void => {
    for (let at = from; at < to; at += size) {
      const end = Math.min(to, at + size);
      shares.push(jobs.run<"validate">({ kind: "validate", ...imageAt(image), now, from: at, to: end, ...share }));
    }
  };
  if (trusted) {
    let from = 0;
    for (const item of apexItems(imageView(image))) {
      give(from, item, { trusted });
      give(item, item + 1);
      from = item + 1;
    }
    give(from, items, { trusted });
  } else {
    give(0, items);
  }
  const reports = await Promise.all(shares);
  return jobs.run<"finish">({ kind: "finish", ...imageAt(image), now, reports });
}

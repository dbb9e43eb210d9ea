/** Validation of a whole signed image over all cores: shares of equal size, more of them than workers, one report. */
import type { ValidationReport } from "#dnssec";
import type { ZoneImage } from "#image";
import type { JobRunner } from "./job-runner.ts";
import { validationItems } from "./validate-image.ts";

/** Shares a worker: names are not equally dear, and the last share is waited for. */
const SHARES_A_WORKER = 4;
const LEAST_SHARE = 1000;

/** `now`: Unix seconds, the same for every share. */
export async function validateImage(image: ZoneImage, jobs: JobRunner, now: number): Promise<ValidationReport> {
  const items = validationItems(image);
  const size = Math.max(LEAST_SHARE, Math.ceil(items / (jobs.width * SHARES_A_WORKER)));
  const shares: Promise<ValidationReport>[] = [];
  for (let from = 0; from < items; from += size) {
    const to = Math.min(items, from + size);
    shares.push(jobs.run<"validate">({ kind: "validate", image: image.buffer, now, from, to }));
  }
  const reports = await Promise.all(shares);
  return jobs.run<"finish">({ kind: "finish", image: image.buffer, now, reports });
}

/** `verifyImage` of a new image over all cores: a small one in one job, a large one in shares. */
import { fail, ok, type Result } from "#bytes";
import { type ImageBuffer, type ImageCounts, joinImageShares } from "#image";
import { LARGE_OCTETS } from "#telemetry";
import type { JobRunner } from "./job-runner.ts";
import { imageFault } from "./verify-image.ts";
import type { Fault } from "./work.ts";

/** Shares of the nodes a worker; the checksum is one more. */
const SHARES_A_WORKER = 2;

export async function verifyWhole(image: ImageBuffer, jobs: JobRunner): Promise<Result<true, Fault>> {
  if (image.byteLength < LARGE_OCTETS) return jobs.run<"verify">({ kind: "verify", image });
  const shares = 1 + jobs.width * SHARES_A_WORKER;
  const counts: ImageCounts[] = [];
  const work = Array.from({ length: shares }, (_, share) =>
    jobs.run<"verify-share">({ kind: "verify-share", image, share, shares }),
  );
  for (const done of await Promise.all(work)) {
    if (!done.ok) return done;
    counts.push(done.value);
  }
  const wrong = joinImageShares(image, counts);
  return wrong ? fail(imageFault(wrong)) : ok(true);
}

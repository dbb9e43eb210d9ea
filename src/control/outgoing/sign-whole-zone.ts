/** A served version that is signed while answering, as one image that is signed throughout. */
import { ok, type Result } from "#bytes";
import { ZoneImage } from "#image";
import { kskWindow } from "#keyplan";
import { type Name, nameHash } from "#name";
import type { PublishedZsk } from "#publish";
import type { JobRunner } from "../job-runner.ts";
import type { ServedVersion } from "../versions.ts";
import type { Fault } from "../work.ts";
import type { SignedShare } from "./sign-jobs.ts";

/** Shares for each worker: they end at about the same time, though some names cost more. */
const SHARES_EACH = 4;
/** Names that are not worth a share of their own. */
const LEAST_SHARE = 200;
/** A share goes on for some quarter of a second at most: then other zones' jobs have their turn. */
const MOST_SHARE = 5000;

/**
 * Signatures hold as long as those of the keys that came with the version, so all fall due together. Compact denial has no
 * chain that could be given away: secondaries get a whole NSEC chain, which is as valid; NSEC3 stays NSEC3. `before`: what was given out before.
 */
export async function signWholeZone(
  apex: Name,
  served: ServedVersion,
  before: ZoneImage | undefined,
  jobs: JobRunner,
): Promise<Result<SharedArrayBuffer, Fault>> {
  const { image, denial } = served;
  const { apexRRsets, zsk, window } = signingOf(apex, served);
  const chained = await jobs.run<"sign-chain">({
    kind: "sign-chain",
    image: image.buffer,
    root: image.root,
    apexRRsets,
    denial: denial === "nsec3" ? "nsec3" : "nsec",
  });
  if (!chained.ok) return chained;
  const whole = new ZoneImage(chained.value);
  const places = whole.nodeCount + (whole.nsec3?.count ?? 0);
  const size = Math.min(MOST_SHARE, Math.max(LEAST_SHARE, Math.ceil(places / (jobs.width * SHARES_EACH))));
  const ranges = Array.from({ length: Math.ceil(places / size) }, (_, i) => i * size);
  const old = before ? { before: { image: before.buffer, root: before.root } } : {};
  const signed = await Promise.all(
    ranges.map((from) =>
      jobs.run<"sign-share">({
        kind: "sign-share",
        image: chained.value,
        from,
        to: Math.min(places, from + size),
        zsk,
        window,
        ...old,
      }),
    ),
  );
  const shares: SignedShare[] = [];
  for (const share of signed) {
    if (!share.ok) return share;
    shares.push(share.value);
  }
  const joined = await jobs.run<"sign-join">({ kind: "sign-join", image: chained.value, apexRRsets, shares });
  return joined.ok ? ok(joined.value) : joined;
}

/** Who signs a served version, and for how long. */
export function signingOf(apex: Name, { signing }: ServedVersion) {
  if (!signing) throw new Error("only a zone that is signed here");
  const zsk: PublishedZsk = {
    keyTag: signing.zsk.keyTag,
    algorithm: signing.zsk.algorithm,
    privateKey: signing.zskPrivate,
  };
  // The period that the apex was signed in ends at `resignAt`.
  return { apexRRsets: signing.apex.rrsets, zsk, window: kskWindow(signing.apex.resignAt - 1, nameHash(apex)) };
}

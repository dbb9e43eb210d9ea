/** A zone version from RRsets at hand: tests, and callers that have a whole zone in memory already. */
import type { Result } from "#bytes";
import type { Name } from "#name";
import { ZoneBuilder } from "./builder.ts";
import { DEFAULT_ZONE_LIMITS, type ZoneError, type ZoneLimits } from "./limits.ts";
import type { RRset, ZoneVersion } from "./version.ts";

export function zoneFromRRsets(
  apex: Name,
  rrsets: Iterable<RRset>,
  limits: ZoneLimits = DEFAULT_ZONE_LIMITS,
): Result<ZoneVersion, ZoneError> {
  const builder = new ZoneBuilder(apex, limits);
  for (const { owner, type, ttl, rdatas } of rrsets)
    for (const rdata of rdatas) {
      const added = builder.add(owner, type, ttl, rdata);
      if (!added.ok) return added;
    }
  return builder.finish();
}

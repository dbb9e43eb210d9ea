/** A new version against the digest that it brings with it, by the zone's setting: taken, held with a code, or taken with a warning. */
import { fail, ok, type Result } from "#bytes";
import type { ZonemdHash } from "#dnssec";
import type { ZoneImage } from "#image";
import type { ZoneRow } from "#store";
import type { Deps } from "./deps.ts";
import { imageAt } from "./image-at.ts";
import type { Fault } from "./work.ts";

/** The hash that the version was verified by, undefined when there was nothing to verify it by. */
export async function checkZonemd(
  image: ZoneImage,
  row: Pick<ZoneRow, "id" | "name" | "zonemd">,
  deps: Deps,
): Promise<Result<ZonemdHash | undefined, Fault>> {
  if (row.zonemd === "off") return ok(undefined);
  const verdict = await deps.jobs.run<"zonemd">({ kind: "zonemd", ...imageAt(image) });
  if (verdict.kind === "verified") return ok(verdict.hash);
  const { fault, text } = verdict;
  // Nothing that could be checked says nothing against the zone; a digest that is wrong does.
  const harmless = fault === "missing" || fault === "unsupported";
  if (row.zonemd === "required" || !harmless) return fail({ code: `zonemd.${fault}`, text });
  if (fault === "unsupported") {
    deps.events.add({
      zoneId: row.id,
      zone: row.name,
      level: "warning",
      code: "zonemd.unsupported",
      message: `${row.name}: serial ${image.serial} is taken without a check of its digest: ${text}`,
      detail: { serial: image.serial },
    });
  }
  return ok(undefined);
}

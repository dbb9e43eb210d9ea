/** A version that was held before it could be stored as the transferred one: kept beside it, to be looked at. */
import { ZoneImage } from "#image";
import { newId, type Tables, type VersionRow } from "#store";
import type { ZoneVersion } from "#zone";
import type { Deps } from "./deps.ts";
import { baseOctets, fileName } from "./stored-image.ts";

export type HeldVersion = { readonly image: ZoneImage; readonly file: string };

/** Undefined when no image can be made of it. */
export async function saveHeldVersion(
  zoneId: string,
  version: ZoneVersion,
  deps: Deps,
): Promise<HeldVersion | undefined> {
  const compiled = await deps.jobs.run<"compile">({
    kind: "compile",
    columns: version.columns,
    options: { treatment: "as-is" },
  });
  if (!compiled.ok) return undefined;
  const image = new ZoneImage(compiled.value);
  const file = fileName("h", image.serial);
  await deps.store.files.saveImage(zoneId, file, baseOctets(image));
  await deps.store.atomically(async ({ versions }) => {
    const before = (await versions.ofZone(zoneId)).find((row) => row.use === "held");
    await versions.put({
      id: before?.id ?? newId(),
      zoneId,
      use: "held",
      serial: image.serial,
      image: file,
      overlay: 0,
      octets: 4 * image.end,
      transferredAt: deps.now() * 1000,
      heldCode: null,
      heldReason: null,
    });
  });
  return { image, file };
}

/** Takes the row of the held version away; its file goes with the next that are not used. */
export async function forgetHeldVersion(zoneId: string, deps: Deps): Promise<void> {
  await deps.store.atomically(async ({ versions }) => {
    for (const row of await versions.ofZone(zoneId)) if (row.use === "held") await versions.remove(row.id);
  });
}

/** Nothing is held any more, from the transaction on that says what is served instead. `rows`: the zone's. */
export async function endHold(zoneId: string, rows: readonly VersionRow[], tables: Tables): Promise<void> {
  for (const row of rows) if (row.use === "held") await tables.versions.remove(row.id);
  await tables.documents.remove(zoneId, "held");
}

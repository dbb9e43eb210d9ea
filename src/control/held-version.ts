/** A version that was held before it could be stored as the transferred one: kept beside it, to be looked at, and told of. */
import { ZoneImage } from "#image";
import { newId, type Tables, type VersionRow } from "#store";
import type { ZoneVersion } from "#zone";
import type { Deps } from "./deps.ts";
import { baseOctets, fileName } from "./stored-image.ts";
import type { ServedVersion, StoredNote, StoredVersion } from "./versions.ts";
import type { Held } from "./work.ts";

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

/** The held version is thrown away: what is stored from now on is what is served, `stored`. */
export async function dropHeldRows(zoneId: string, stored: StoredVersion | undefined, deps: Deps): Promise<void> {
  await deps.store.atomically(async ({ versions, documents }) => {
    for (const row of await versions.ofZone(zoneId)) {
      if (row.use === "held") await versions.remove(row.id);
      if (row.use !== "transferred") continue;
      if (!stored) await versions.remove(row.id);
      else {
        const { file: image, serial, transferredAt } = stored;
        const { root: overlay, end } = stored.image;
        await versions.put({ ...row, image, overlay, serial, transferredAt, octets: 4 * end });
      }
    }
    if (stored?.origin) {
      const note: StoredNote = { version: 1, file: stored.file, ...stored.origin };
      await documents.put(zoneId, "stored", note);
    }
    await documents.remove(zoneId, "held");
  });
}

export function tellHeld(
  { id: zoneId, name: zone, served }: { id: string; name: string; served: ServedVersion | undefined },
  held: Held,
  deps: Deps,
): void {
  const meanwhile = served ? `serial ${served.image.serial} is served on` : "nothing is served yet";
  const what = held.serial === undefined ? zone : `${zone} serial ${held.serial}`;
  const message = `${what} is held (${held.code}): ${held.text}; ${meanwhile}`;
  const detail = { reason: held.code, step: held.step, serial: held.serial, ...held.detail };
  deps.events.add({ zoneId, zone, level: "error", code: "zone.held", message, detail });
}

/** Nothing is held any more, from the transaction on that says what is served instead. `rows`: the zone's. */
export async function endHold(zoneId: string, rows: readonly VersionRow[], tables: Tables): Promise<void> {
  for (const row of rows) if (row.use === "held") await tables.versions.remove(row.id);
  await tables.documents.remove(zoneId, "held");
}

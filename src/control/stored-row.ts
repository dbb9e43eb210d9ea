/** The row that names a stored version, and what goes with it in the same transaction. */
import { newId, type Tables, type VersionRow } from "#store";
import type { Deps } from "./deps.ts";
import { endHold } from "./held-version.ts";
import { apexNameServers } from "./image-facts.ts";
import type { StoredNote, StoredVersion } from "./versions.ts";

/** `endsHold`: what was held is overtaken. It is not judged any more; this version will be, after a kill too. */
export async function writeStored(
  zoneId: string,
  stored: StoredVersion,
  deps: Deps,
  { endsHold } = { endsHold: false },
): Promise<void> {
  await deps.store.atomically(async (tables) => {
    const rows = await tables.versions.ofZone(zoneId);
    await putStored(zoneId, stored, tables, { rows, version: undefined });
    if (endsHold) await endHold(zoneId, rows, tables);
  });
}

/** What was stored before, and its zone's rows: what is the same in both is not written again. */
export type StoredBefore = { readonly rows: readonly VersionRow[]; readonly version: StoredVersion | undefined };

/** Within a transaction of the caller's. */
export async function putStored(
  zoneId: string,
  stored: StoredVersion,
  tables: Tables,
  known: StoredBefore,
): Promise<void> {
  const { image, file, transferredAt, origin } = stored;
  const before = known.rows.find((row) => row.use === "transferred");
  await tables.versions.put({
    id: before?.id ?? newId(),
    zoneId,
    use: "transferred",
    serial: image.serial,
    image: file,
    overlay: image.root,
    octets: 4 * image.end,
    transferredAt,
    heldCode: null,
    heldReason: null,
  });
  const originalNameServers = apexNameServers(image);
  const was = known.version;
  if (!was || !sameList(apexNameServers(was.image), originalNameServers))
    await tables.zones.update(zoneId, { originalNameServers });
  const isNoted = was?.file === file && was.origin?.peer === origin?.peer && was.origin?.exact === origin?.exact;
  // With the row, or not at all: an IXFR starts from what this says.
  if (origin && !isNoted)
    await tables.documents.put(zoneId, "stored", { version: 1, file, ...origin } satisfies StoredNote);
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((one, i) => one === b[i]);
}

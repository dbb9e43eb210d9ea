/** The row that names a stored version, and what goes with it in the same transaction. */
import { newId, type Store } from "#store";
import type { Deps } from "./deps.ts";
import { apexNameServers } from "./image-facts.ts";
import type { StoredNote, StoredVersion } from "./versions.ts";

type Tables = Parameters<Parameters<Store["atomically"]>[0]>[0];

export async function writeStored(zoneId: string, stored: StoredVersion, deps: Deps): Promise<void> {
  await deps.store.atomically((tables) => putStored(zoneId, stored, tables));
}

/** Within a transaction of the caller's. */
export async function putStored(zoneId: string, stored: StoredVersion, tables: Tables): Promise<void> {
  const { image, file, transferredAt, origin } = stored;
  const before = (await tables.versions.ofZone(zoneId)).find((row) => row.use === "transferred");
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
  await tables.zones.update(zoneId, { originalNameServers: apexNameServers(image) });
  // With the row, or not at all: an IXFR starts from what this says.
  if (origin) await tables.documents.put(zoneId, "stored", { version: 1, file, ...origin } satisfies StoredNote);
}

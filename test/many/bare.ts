/**
 * Very many zones that are just there: a row each, without primary, file or key, beside a few whole ones (populate.ts). What lists,
 * counts and searches have to bear is made in a second or two.
 */
import { join } from "node:path";
import { openMasterKey } from "#keys";
import { newId, openStore } from "#store";
import { type Population, populate, zoneName } from "./populate.ts";

/** A transaction each. */
const AT_ONCE = 5000;

/** `whole.zones` of the `zones` are whole ones and healthy; all others wait for a primary, which is a problem. */
export async function populateBare(data: string, zones: number, whole: Population): Promise<void> {
  await populate(data, whole);
  const master = openMasterKey({ text: undefined, file: join(data, "master-key"), create: false });
  if (!master.ok) throw new Error(master.error.text);
  const store = openStore(data, master.value.key);
  try {
    const [account] = await store.accounts.list();
    const now = Date.now();
    for (let from = whole.zones; from < zones; from += AT_ONCE) {
      await store.atomically(async (tables) => {
        for (let i = from; i < Math.min(zones, from + AT_ONCE); i++) {
          await tables.zones.add({
            id: newId(),
            accountId: account!.id,
            name: zoneName(i),
            status: "pending",
            paused: false,
            denial: "compact",
            secondaryOverrides: false,
            zonemd: "verify",
            signatureCheck: "all",
            timers: "interval",
            expired: "default",
            originalNameServers: null,
            createdAt: now + i,
            modifiedAt: now,
            activatedAt: null,
          });
        }
      });
    }
  } finally {
    await store.close();
  }
}

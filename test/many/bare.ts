/**
 * Very many zones that are just there: a row each, without primary, file or key, beside a few whole ones (populate.ts). What lists,
 * counts and searches have to bear is made in a second or two.
 */
import { join } from "node:path";
import { openMasterKey } from "#keys";
import { openStore } from "#store";
import { zoneRow } from "../../src/store/testing/fixtures.ts";
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
          const [name, createdAt] = [zoneName(i), now + i];
          await tables.zones.add(zoneRow({ accountId: account!.id, name, createdAt, modifiedAt: now }));
        }
      });
    }
  } finally {
    await store.close();
  }
}

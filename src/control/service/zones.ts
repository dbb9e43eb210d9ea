/** Zones: made, listed, changed, deleted. */
import { type ErrorCode, type Outcome, printTime, type ZoneFacts, type ZoneService } from "#contract";
import { labelCount, type Name } from "#name";
import { type AccountRow, newId, type Tables, type ZoneRow } from "#store";
import type { Deps } from "../deps.ts";
import type { Registry } from "../registry.ts";
import { readTypedName } from "../typed-name.ts";
import type { Zone } from "../zone.ts";
import { withZone } from "./named-zone.ts";
import { done, refused } from "./outcome.ts";
import { shownName } from "./records.ts";

/** What the service does with whole zones; control itself knows how. */
export type ZoneKeeper = {
  /** Puts a zone that is in the store into service; resolves when the edge knows it. */
  readonly take: (row: ZoneRow) => Promise<Zone>;
  /** Takes it out of service, the store and the disk. */
  readonly drop: (zone: Zone) => Promise<void>;
  /** Why it may not be taken away by hand. */
  readonly mayNotDrop: (zone: Zone) => ErrorCode | undefined;
  /** Asks the parent soon. */
  readonly lookAtParent: (zone: Zone) => void;
};

export function makeZoneService(registry: Registry, keeper: ZoneKeeper, deps: Deps): ZoneService {
  const accounts = new Map<string, AccountRow>();
  const facts = async (zone: Zone): Promise<ZoneFacts> => {
    const { accountId } = zone.row;
    const account = accounts.get(accountId) ?? (await deps.store.accounts.find(accountId));
    if (account) accounts.set(accountId, account);
    return shownZone(zone, account?.name ?? "", deps);
  };
  return {
    async createZone({ name, accountId }) {
      const account = accountId ? await deps.store.accounts.find(accountId) : (await deps.store.accounts.list())[0];
      if (!account) return refused("account.not-found", accountId);
      const added = await addZone(name, account, registry, deps);
      if (!added.ok) return added;
      const zone = await keeper.take(added.value);
      return done(await facts(zone));
    },
    async listZones() {
      const zones = [...registry.all()].map((unit) => unit.zone);
      zones.sort((a, b) => a.row.createdAt - b.row.createdAt || (a.id < b.id ? -1 : 1));
      return Promise.all(zones.map(facts));
    },
    getZone: (zoneId) => withZone(registry, zoneId, async (zone) => done(await facts(zone))),
    editZone: (zoneId, { paused }) =>
      withZone(registry, zoneId, async (zone) => {
        if (paused !== undefined && paused !== zone.row.paused) {
          const change = { paused, modifiedAt: deps.now() * 1000 };
          await deps.store.zones.update(zoneId, change);
          zone.row = { ...zone.row, ...change };
        }
        return done(await facts(zone));
      }),
    deleteZone: (zoneId) =>
      withZone(registry, zoneId, async (zone) => {
        const keptBy = keeper.mayNotDrop(zone);
        if (keptBy) return refused(keptBy, zone.name);
        await keeper.drop(zone);
        return done({ id: zoneId });
      }),
    checkActivation: (zoneId) =>
      withZone(registry, zoneId, (zone) => {
        keeper.lookAtParent(zone);
        return done({ id: zoneId });
      }),
  };
}

/** `also` writes in the same transaction. */
export async function addZone(
  text: string,
  account: AccountRow,
  registry: Registry,
  deps: Deps,
  also?: (tables: Tables, row: ZoneRow) => Promise<void>,
): Promise<Outcome<ZoneRow>> {
  const name = readTypedName(text.trim());
  if (!name.ok || labelCount(name.value) === 0) return refused("zone.name-invalid", text, "/name");
  const shown = shownName(name.value);
  if (registry.findByApex(name.value)) return refused("zone.exists", shown, "/name");
  const { maxZones } = deps.settings();
  if (registry.size >= maxZones) return refused("zone.too-many", String(maxZones));
  const row = newZoneRow(name.value, account.id, deps.now());
  // Two requests for one name at the same time: the store knows who was first.
  const taken = await deps.store.atomically(async (tables) => {
    if (await tables.zones.findByName(shown)) return true;
    await tables.zones.add(row);
    await also?.(tables, row);
    return false;
  });
  if (taken) return refused("zone.exists", shown, "/name");
  const message = `${shown}: added`;
  deps.events.add({ zoneId: row.id, zone: shown, level: "info", code: "zone.added", message });
  return done(row);
}

/** `now`: Unix seconds. */
export function newZoneRow(name: Name, accountId: string, now: number): ZoneRow {
  return {
    id: newId(),
    accountId,
    name: shownName(name),
    status: "pending",
    paused: false,
    denial: "compact",
    secondaryOverrides: false,
    zonemd: "verify",
    signatureCheck: "all",
    timers: "default",
    expired: "default",
    originalNameServers: null,
    createdAt: now * 1000,
    modifiedAt: now * 1000,
    activatedAt: null,
  };
}

function shownZone(zone: Zone, accountName: string, deps: Deps): ZoneFacts {
  const { row } = zone;
  return {
    id: row.id,
    name: row.name,
    account: { id: row.accountId, name: accountName },
    status: row.status,
    paused: row.paused,
    nameServers: deps.settings().nameServers,
    originalNameServers: row.originalNameServers,
    createdOn: printTime(row.createdAt),
    modifiedOn: printTime(row.modifiedAt),
    activatedOn: row.activatedAt === null ? null : printTime(row.activatedAt),
  };
}

/** The light list of all zones, and how many there are of each kind: one pass over what is in memory. */
import {
  HEALTH_LEVELS,
  printTime,
  SIGNING_MODES,
  type ZoneCounts,
  type ZoneHealth,
  type ZoneListService,
  type ZoneSummary,
} from "#contract";
import { shownStatus } from "#keyplan";
import type { Deps } from "../deps.ts";
import { zoneHealth } from "../health.ts";
import type { Registry, Unit } from "../registry.ts";

/** A page never has more. */
const MAX_PER_PAGE = 1000;
const DEFAULT_PER_PAGE = 100;

export function makeZoneListService(registry: Registry, deps: Deps): ZoneListService {
  let sorted: { readonly revision: number; readonly units: readonly Unit[] } | undefined;
  /** By name; sorted anew only when zones came or went. */
  const byName = (): readonly Unit[] => {
    if (sorted?.revision !== registry.revision) {
      const units = [...registry.all()].sort((a, b) => (a.zone.name < b.zone.name ? -1 : 1));
      sorted = { revision: registry.revision, units };
    }
    return sorted.units;
  };
  return {
    async listSummaries({ q, level: levels, mode: modes, order, page, per_page: wanted }, sees) {
      const perPage = Math.min(wanted ?? DEFAULT_PER_PAGE, MAX_PER_PAGE);
      const part = q?.trim().toLowerCase().replace(/\.$/, "");
      const now = deps.now();
      // A bucket for each level keeps the order by name without another sort.
      const buckets: Found[][] = HEALTH_LEVELS.map(() => []);
      for (const unit of byName()) {
        if (part && !unit.zone.name.includes(part)) continue;
        if (modes && !modes.includes(unit.zone.mode)) continue;
        if (sees && !sees(unit.zone.row)) continue;
        const health = unitHealth(unit, deps, now);
        if (levels && !levels.includes(health.level)) continue;
        buckets[order === "name" ? 0 : HEALTH_LEVELS.indexOf(health.level)]!.push({ unit, health });
      }
      const found = buckets.flat();
      const from = (page - 1) * perPage;
      return { items: found.slice(from, from + perPage).map(summaryOf), page, perPage, total: found.length };
    },
    async countZones(sees) {
      const now = deps.now();
      let total = 0;
      const counts = {
        levels: Object.fromEntries(HEALTH_LEVELS.map((level) => [level, 0])) as ZoneCounts["levels"],
        modes: Object.fromEntries(SIGNING_MODES.map((mode) => [mode, 0])) as ZoneCounts["modes"],
      };
      for (const unit of registry.all()) {
        if (sees && !sees(unit.zone.row)) continue;
        total++;
        counts.levels[unitHealth(unit, deps, now).level]++;
        counts.modes[unit.zone.mode]++;
      }
      return { total, ...counts };
    },
  };
}

type Found = { readonly unit: Unit; readonly health: ZoneHealth };

function summaryOf({ unit: { zone }, health }: Found): ZoneSummary {
  return {
    id: zone.id,
    name: zone.name,
    status: zone.row.status,
    mode: zone.mode,
    health,
    serial: zone.served?.image.serial ?? null,
    transferred_time: zone.stored ? printTime(zone.stored.transferredAt) : null,
  };
}

/** `now`: Unix seconds. */
export function unitHealth({ zone, refresher }: Unit, deps: Deps, now: number): ZoneHealth {
  const { state, note, peerIds } = refresher;
  let failing = 0;
  let differs = false;
  for (const id of peerIds) {
    const peer = note.peers[id];
    if (peer?.checkError || peer?.transferError || deps.health.isDown(id)) failing++;
    const verdict = state.views[id]?.verdict;
    if (verdict !== undefined && verdict !== "same" && verdict !== "ahead") differs = true;
  }
  const { signing, expiration } = zone.served ?? {};
  const facts = {
    hidden: zone.hidden !== undefined,
    served: zone.served !== undefined,
    expired: zone.expired,
    held: zone.held !== undefined,
    frozen: zone.frozenAt !== undefined,
    primaries: peerIds.length,
    failedRounds: state.failedRounds,
    failing,
    differs,
    moved: zone.row.status === "moved",
    delegated: zone.row.status === "active",
    dnssec: shownStatus(zone.status),
    signaturesEnd: signing?.apex.expiration ?? expiration,
  };
  return zoneHealth(facts, now);
}

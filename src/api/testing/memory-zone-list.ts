/** The light list of zones, in memory. */
import type { ZoneFacts, ZoneListService } from "#contract";

export function zoneListPart(zones: ReadonlyMap<string, { readonly facts: ZoneFacts }>): ZoneListService {
  const health = { level: "problem", code: "no-primary" } as const;
  return {
    listSummaries: async ({ q = "", page, per_page: perPage = 100 }) => {
      const items = [...zones.values()]
        .filter(({ facts }) => facts.name.includes(q))
        .map(({ facts: { id, name, status } }) => ({ id, name, status, health, serial: null, transferred_time: null }))
        .map((zone) => ({ ...zone, mode: "unsigned" as const }));
      return { items: items.slice((page - 1) * perPage, page * perPage), page, perPage, total: items.length };
    },
    countZones: async () => ({
      total: zones.size,
      levels: { problem: zones.size, warning: 0, waiting: 0, well: 0 },
      modes: { unsigned: zones.size, live: 0, presigned: 0, multisigner: 0 },
    }),
  };
}

/** The light list of zones, in memory. */
import type { Sight, ZoneFacts, ZoneListService } from "#contract";

export function zoneListPart(zones: ReadonlyMap<string, { readonly facts: ZoneFacts }>): ZoneListService {
  const health = { level: "problem", code: "no-primary" } as const;
  const seen = (sees: Sight | undefined) =>
    [...zones.values()].filter(({ facts }) => !sees || sees({ id: facts.id, accountId: facts.account.id }));
  return {
    listSummaries: async ({ q = "", page, per_page: perPage = 100 }, sees) => {
      const items = seen(sees)
        .filter(({ facts }) => facts.name.includes(q))
        .map(({ facts: { id, name, status } }) => ({ id, name, status, health, serial: null, transferred_time: null }))
        .map((zone) => ({ ...zone, mode: "unsigned" as const }));
      return { items: items.slice((page - 1) * perPage, page * perPage), page, perPage, total: items.length };
    },
    countZones: async (sees) => {
      const total = seen(sees).length;
      return {
        total,
        levels: { problem: total, warning: 0, waiting: 0, well: 0 },
        modes: { unsigned: total, live: 0, presigned: 0, multisigner: 0 },
      };
    },
  };
}

/** What zones were asked: one document for each zone, step (seconds: minute, hour, day) and start (Unix seconds). */
import type { AnalyticsRow } from "../rows.ts";
import type { AnalyticsTable } from "../store.ts";
import type { Handle } from "./handle.ts";

export function analyticsTable(db: Handle): AnalyticsTable {
  return {
    async put(rows) {
      for (const { zoneId, step, start, document } of rows) {
        // A zone that was deleted meanwhile takes its counts along.
        const zone = await db.selectFrom("zones").select("id").where("id", "=", zoneId).executeTakeFirst();
        if (zone === undefined) continue;
        await db
          .insertInto("analytics")
          .values({ zone_id: zoneId, step, start, document })
          .onConflict((conflict) => conflict.columns(["zone_id", "step", "start"]).doUpdateSet({ document }))
          .execute();
      }
    },
    async ofZone(zoneId, step, from, to) {
      const rows = await db
        .selectFrom("analytics")
        .select(["start", "document"])
        .where("zone_id", "=", zoneId)
        .where("step", "=", step)
        .where("start", ">=", from)
        .where("start", "<", to)
        .orderBy("start")
        .execute();
      return rows.map(({ start, document }): AnalyticsRow => ({ zoneId, step, start, document }));
    },
    async zonesBetween(step, from, to) {
      const rows = await db
        .selectFrom("analytics")
        .select("zone_id")
        .distinct()
        .where("step", "=", step)
        .where("start", ">=", from)
        .where("start", "<", to)
        .execute();
      return rows.map(({ zone_id }) => zone_id);
    },
    async firstStart(step) {
      const row = await db
        .selectFrom("analytics")
        .select((each) => each.fn.min("start").as("first"))
        .where("step", "=", step)
        .executeTakeFirst();
      return row?.first ?? undefined;
    },
    async removeBefore(step, start) {
      await db.deleteFrom("analytics").where("step", "=", step).where("start", "<", start).execute();
    },
  };
}

/** Catalog zones and the zones that they brought. */
import type { CatalogMemberRow, CatalogRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { CatalogMemberTable, CatalogTable } from "../store.ts";
import { flag, type Handle } from "./handle.ts";

export function catalogTable(db: Handle): CatalogTable {
  const read = (row: Schema["catalogs"]): CatalogRow => ({
    zoneId: row.zone_id,
    settings: JSON.parse(row.settings),
    appliedSerial: row.applied_serial,
    appliedAt: row.applied_at,
    faultCode: row.fault_code,
    faultText: row.fault_text,
    createdAt: row.created_at,
  });
  return {
    async list() {
      return (await db.selectFrom("catalogs").selectAll().orderBy("created_at").orderBy("zone_id").execute()).map(read);
    },
    async put(row) {
      const columns = {
        settings: JSON.stringify(row.settings),
        applied_serial: row.appliedSerial,
        applied_at: row.appliedAt,
        fault_code: row.faultCode,
        fault_text: row.faultText,
        created_at: row.createdAt,
      };
      await db
        .insertInto("catalogs")
        .values({ zone_id: row.zoneId, ...columns })
        .onConflict((conflict) => conflict.column("zone_id").doUpdateSet(columns))
        .execute();
    },
  };
}

export function catalogMemberTable(db: Handle): CatalogMemberTable {
  const read = (row: Schema["catalog_members"]): CatalogMemberRow => ({
    zoneId: row.zone_id,
    catalogId: row.catalog_id,
    node: row.node,
    groups: JSON.parse(row.group_values),
    coo: row.coo,
    settled: row.settled === 1,
    leftAt: row.left_at,
  });
  return {
    async list() {
      return (await db.selectFrom("catalog_members").selectAll().execute()).map(read);
    },
    async put(row) {
      const columns = {
        catalog_id: row.catalogId,
        node: row.node,
        group_values: JSON.stringify(row.groups),
        coo: row.coo,
        settled: flag(row.settled),
        left_at: row.leftAt,
      };
      await db
        .insertInto("catalog_members")
        .values({ zone_id: row.zoneId, ...columns })
        .onConflict((conflict) => conflict.column("zone_id").doUpdateSet(columns))
        .execute();
    },
    async remove(zoneId) {
      await db.deleteFrom("catalog_members").where("zone_id", "=", zoneId).execute();
    },
  };
}

/** Whom to tell what (secrets sealed), and what is on its way or arrived: bounded, the newest rows stay. */
import { StoreError } from "../errors.ts";
import type { AlertDeliveryRow, AlertDestinationRow, AlertPolicyRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { AlertTable, Sealer } from "../store.ts";
import { changedColumns, flag, type Handle } from "./handle.ts";

export const DELIVERIES_KEPT = 10_000;

export function alertTable(db: Handle, sealer: Sealer, kept = DELIVERIES_KEPT): AlertTable {
  return { ...destinationPart(db, sealer), ...policyPart(db), ...deliveryPart(db, kept) };
}

type DestinationPart = Pick<AlertTable, "destinations" | "putDestination" | "removeDestination">;

function destinationPart(db: Handle, sealer: Sealer): DestinationPart {
  const open = (row: Schema["alert_destinations"]): string | null => {
    if (row.sealed_secret === null) return null;
    const secret = sealer.open(row.sealed_secret, `alert:${row.id}`);
    if (secret) return new TextDecoder().decode(secret);
    throw new StoreError(
      "store.unsealable",
      `The secret of the alert destination ${row.name} can't be opened: this is not the master key that it was sealed with. Start with that key (COUNTERSIGN_MASTER_KEY or COUNTERSIGN_MASTER_KEY_FILE).`,
    );
  };
  return {
    async destinations() {
      const rows = await db.selectFrom("alert_destinations").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map((row) => ({
        id: row.id,
        name: row.name,
        kind: row.kind as AlertDestinationRow["kind"],
        settings: JSON.parse(row.settings),
        secret: open(row),
        createdAt: row.created_at,
      }));
    },
    async putDestination(row) {
      const sealed = row.secret === null ? null : sealer.seal(new TextEncoder().encode(row.secret), `alert:${row.id}`);
      const columns = { name: row.name, kind: row.kind, settings: JSON.stringify(row.settings), sealed_secret: sealed };
      await db
        .insertInto("alert_destinations")
        .values({ id: row.id, created_at: row.createdAt, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async removeDestination(id) {
      await db.deleteFrom("alert_deliveries").where("destination_id", "=", id).where("state", "=", "waiting").execute();
      await db.deleteFrom("alert_destinations").where("id", "=", id).execute();
    },
  };
}

function policyPart(db: Handle): Pick<AlertTable, "policies" | "putPolicy" | "removePolicy"> {
  return {
    async policies() {
      const rows = await db.selectFrom("alert_policies").selectAll().orderBy("created_at").orderBy("id").execute();
      return rows.map((row): AlertPolicyRow => {
        const settings = JSON.parse(row.settings) as Pick<
          AlertPolicyRow,
          "kinds" | "zones" | "destinations" | "windowSeconds"
        >;
        return { id: row.id, name: row.name, enabled: row.enabled === 1, createdAt: row.created_at, ...settings };
      });
    },
    async putPolicy({ id, name, enabled, createdAt, ...settings }) {
      const columns = { name, enabled: flag(enabled), settings: JSON.stringify(settings) };
      await db
        .insertInto("alert_policies")
        .values({ id, created_at: createdAt, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async removePolicy(id) {
      await db.deleteFrom("alert_policies").where("id", "=", id).execute();
    },
  };
}

type DeliveryPart = Pick<AlertTable, "addDelivery" | "updateDelivery" | "nextWaiting" | "deliveries">;

function deliveryPart(db: Handle, kept: number): DeliveryPart {
  const select = () => db.selectFrom("alert_deliveries").selectAll();
  return {
    async addDelivery(row, alikeSince) {
      const alike = await db
        .selectFrom("alert_deliveries")
        .select("id")
        .where("policy_id", "=", row.policyId)
        .where("destination_id", "=", row.destinationId)
        .where("kind", "=", row.kind)
        .where("zone_id", "is", row.zoneId)
        .where("about", "=", row.about)
        .where("created_at", ">", alikeSince)
        .orderBy("id", "desc")
        .executeTakeFirst();
      if (alike) {
        await db
          .updateTable("alert_deliveries")
          .set((update) => ({ repeats: update("repeats", "+", 1) }))
          .where("id", "=", alike.id)
          .execute();
        return false;
      }
      const result = await db.insertInto("alert_deliveries").values(deliveryColumns(row)).executeTakeFirstOrThrow();
      await db
        .deleteFrom("alert_deliveries")
        .where("id", "<=", Number(result.insertId) - kept)
        .execute();
      return true;
    },
    async updateDelivery(id, change) {
      const columns = changedColumns<AlertDeliveryRow>(change, {
        state: (state) => ({ state }),
        dueAt: (at) => ({ due_at: at }),
        finishedAt: (at) => ({ finished_at: at }),
        tries: (tries) => ({ tries }),
        errorCode: (code) => ({ error_code: code }),
        errorMessage: (message) => ({ error_message: message }),
      });
      await db.updateTable("alert_deliveries").set(columns).where("id", "=", id).execute();
    },
    async nextWaiting({ ids, destinations }) {
      const row = await select()
        .where("state", "=", "waiting")
        .where("id", "not in", ids)
        .where("destination_id", "not in", destinations)
        .orderBy("due_at")
        .limit(1)
        .executeTakeFirst();
      return row && readDelivery(row);
    },
    async deliveries({ limit, before }) {
      const query = before === undefined ? select() : select().where("id", "<", before);
      return (await query.orderBy("id", "desc").limit(limit).execute()).map(readDelivery);
    },
  };
}

function readDelivery(row: Omit<Schema["alert_deliveries"], "id"> & { id: number }): AlertDeliveryRow {
  return {
    id: row.id,
    deliveryId: row.delivery_id,
    policyId: row.policy_id,
    destinationId: row.destination_id,
    kind: row.kind,
    zoneId: row.zone_id,
    about: row.about,
    state: row.state as AlertDeliveryRow["state"],
    createdAt: row.created_at,
    dueAt: row.due_at,
    finishedAt: row.finished_at,
    tries: row.tries,
    repeats: row.repeats,
    document: JSON.parse(row.document),
    errorCode: row.error_code,
    errorMessage: row.error_message,
  };
}

function deliveryColumns(row: Omit<AlertDeliveryRow, "id">): Omit<Schema["alert_deliveries"], "id"> {
  return {
    delivery_id: row.deliveryId,
    policy_id: row.policyId,
    destination_id: row.destinationId,
    kind: row.kind,
    zone_id: row.zoneId,
    about: row.about,
    state: row.state,
    created_at: row.createdAt,
    due_at: row.dueAt,
    finished_at: row.finishedAt,
    tries: row.tries,
    repeats: row.repeats,
    document: JSON.stringify(row.document),
    error_code: row.errorCode,
    error_message: row.errorMessage,
  };
}

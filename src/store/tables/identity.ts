/** Accounts, tokens and the settings of the installation. */
import type { AccountRow, TokenRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { AccountTable, SettingTable, TokenTable } from "../store.ts";
import type { Handle } from "./handle.ts";

export function accountTable(db: Handle): AccountTable {
  const read = (row: Schema["accounts"]): AccountRow => ({ id: row.id, name: row.name, createdAt: row.created_at });
  return {
    async list() {
      return (await db.selectFrom("accounts").selectAll().orderBy("created_at").orderBy("id").execute()).map(read);
    },
    async find(id) {
      const row = await db.selectFrom("accounts").selectAll().where("id", "=", id).executeTakeFirst();
      return row && read(row);
    },
    async add(row) {
      await db.insertInto("accounts").values({ id: row.id, name: row.name, created_at: row.createdAt }).execute();
    },
  };
}

export function tokenTable(db: Handle): TokenTable {
  const read = (row: Schema["tokens"]): TokenRow => ({
    id: row.id,
    name: row.name,
    hash: row.hash,
    status: row.status as TokenRow["status"],
    kind: row.kind as TokenRow["kind"],
    userId: row.user_id,
    accountId: row.account_id,
    policies: JSON.parse(row.policies),
    condition: row.condition === null ? null : JSON.parse(row.condition),
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    usedAt: row.used_at,
    expiresAt: row.expires_at,
    notBefore: row.not_before,
  });
  return {
    async list() {
      return (await db.selectFrom("tokens").selectAll().orderBy("created_at").orderBy("id").execute()).map(read);
    },
    async findByHash(hash) {
      const row = await db.selectFrom("tokens").selectAll().where("hash", "=", hash).executeTakeFirst();
      return row && read(row);
    },
    async find(id) {
      const row = await db.selectFrom("tokens").selectAll().where("id", "=", id).executeTakeFirst();
      return row && read(row);
    },
    async put(row) {
      const columns = {
        name: row.name,
        hash: row.hash,
        status: row.status,
        kind: row.kind,
        user_id: row.userId,
        account_id: row.accountId,
        policies: JSON.stringify(row.policies),
        condition: row.condition === null ? null : JSON.stringify(row.condition),
        modified_at: row.modifiedAt,
        used_at: row.usedAt,
        expires_at: row.expiresAt,
        not_before: row.notBefore,
      };
      await db
        .insertInto("tokens")
        .values({ id: row.id, created_at: row.createdAt, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async used(id, at) {
      await db.updateTable("tokens").set({ used_at: at }).where("id", "=", id).execute();
    },
    async remove(id) {
      await db.deleteFrom("tokens").where("id", "=", id).execute();
    },
  };
}

export function settingTable(db: Handle): SettingTable {
  return {
    async find(key) {
      const row = await db.selectFrom("settings").selectAll().where("key", "=", key).executeTakeFirst();
      return row && JSON.parse(row.value);
    },
    async put(key, value) {
      const text = JSON.stringify(value);
      await db
        .insertInto("settings")
        .values({ key, value: text })
        .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: text }))
        .execute();
    },
  };
}

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
    createdAt: row.created_at,
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
    async add(row) {
      const { createdAt, expiresAt, notBefore, ...same } = row;
      await db
        .insertInto("tokens")
        .values({ ...same, created_at: createdAt, expires_at: expiresAt, not_before: notBefore })
        .execute();
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

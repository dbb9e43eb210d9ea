/** Users and their sessions. What is kept of a password and of a session's secret is a hash. */
import type { SessionRow, UserRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { SessionTable, UserTable } from "../store.ts";
import { flag, type Handle } from "./handle.ts";

export function userTable(db: Handle): UserTable {
  const read = (row: Schema["users"]): UserRow => ({
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role as UserRow["role"],
    password: row.password,
    subject: row.subject,
    disabled: row.disabled === 1,
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    signedInAt: row.signed_in_at,
  });
  const findBy = async (column: "id" | "email" | "subject", value: string) => {
    const row = await db.selectFrom("users").selectAll().where(column, "=", value).executeTakeFirst();
    return row && read(row);
  };
  return {
    async list() {
      return (await db.selectFrom("users").selectAll().orderBy("email").execute()).map(read);
    },
    find: (id) => findBy("id", id),
    findByEmail: (email) => findBy("email", email),
    findBySubject: (subject) => findBy("subject", subject),
    async put(row) {
      const columns = {
        email: row.email,
        name: row.name,
        role: row.role,
        password: row.password,
        subject: row.subject,
        disabled: flag(row.disabled),
        modified_at: row.modifiedAt,
        signed_in_at: row.signedInAt,
      };
      await db
        .insertInto("users")
        .values({ id: row.id, created_at: row.createdAt, ...columns })
        .onConflict((conflict) => conflict.column("id").doUpdateSet(columns))
        .execute();
    },
    async remove(id) {
      await db.deleteFrom("users").where("id", "=", id).execute();
    },
  };
}

export function sessionTable(db: Handle): SessionTable {
  const read = (row: Schema["sessions"]): SessionRow => ({
    id: row.id,
    hash: row.hash,
    userId: row.user_id,
    tokenId: row.token_id,
    createdAt: row.created_at,
    usedAt: row.used_at,
    endsAt: row.ends_at,
    address: row.address,
    agent: row.agent,
    way: row.way as SessionRow["way"],
  });
  const findBy = async (column: "id" | "hash", value: string) => {
    const row = await db.selectFrom("sessions").selectAll().where(column, "=", value).executeTakeFirst();
    return row && read(row);
  };
  return {
    findByHash: (hash) => findBy("hash", hash),
    find: (id) => findBy("id", id),
    async listOf(owner) {
      const all = db.selectFrom("sessions").selectAll();
      const his =
        "userId" in owner ? all.where("user_id", "=", owner.userId) : all.where("token_id", "=", owner.tokenId);
      return (await his.orderBy("used_at", "desc").orderBy("id").execute()).map(read);
    },
    async add(row) {
      await db
        .insertInto("sessions")
        .values({
          id: row.id,
          hash: row.hash,
          user_id: row.userId,
          token_id: row.tokenId,
          created_at: row.createdAt,
          used_at: row.usedAt,
          ends_at: row.endsAt,
          address: row.address,
          agent: row.agent,
          way: row.way,
        })
        .execute();
    },
    async used(id, at) {
      await db.updateTable("sessions").set({ used_at: at }).where("id", "=", id).execute();
    },
    async remove(id) {
      await db.deleteFrom("sessions").where("id", "=", id).execute();
    },
    async removeOfUser(userId, exceptId = "") {
      await db.deleteFrom("sessions").where("user_id", "=", userId).where("id", "!=", exceptId).execute();
    },
    async removeEnded(now, notUsedSince) {
      await db
        .deleteFrom("sessions")
        .where((row) => row.or([row("ends_at", "<=", now), row("used_at", "<=", notUsedSince)]))
        .execute();
    },
  };
}

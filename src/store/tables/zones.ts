/** Zones, their DNSSEC status and flags, their keys. */
import type { DnssecRow, KeyRow, ZoneRow } from "../rows.ts";
import type { Schema } from "../schema.ts";
import type { DnssecTable, KeyTable, ZoneTable } from "../store.ts";
import { changedColumns, flag, type Handle, Words } from "./handle.ts";

export function zoneTable(db: Handle): ZoneTable {
  const words = new Words();
  return {
    async list() {
      return (await db.selectFrom("zones").selectAll().orderBy("created_at").orderBy("id").execute()).map((row) =>
        readZone(row, words),
      );
    },
    async find(id) {
      const row = await db.selectFrom("zones").selectAll().where("id", "=", id).executeTakeFirst();
      return row && readZone(row, words);
    },
    async findByName(name) {
      const row = await db.selectFrom("zones").selectAll().where("name", "=", name).executeTakeFirst();
      return row && readZone(row, words);
    },
    async count() {
      const row = await db.selectFrom("zones").select(db.fn.countAll<number>().as("n")).executeTakeFirstOrThrow();
      return row.n;
    },
    async add(row) {
      await db.insertInto("zones").values(zoneColumns(row)).execute();
    },
    async update(id, change) {
      const columns = changedColumns<ZoneRow>(change, {
        status: (status) => ({ status }),
        paused: (paused) => ({ paused: flag(paused) }),
        denial: (denial) => ({ denial }),
        secondaryOverrides: (on) => ({ secondary_overrides: flag(on) }),
        zonemd: (zonemd) => ({ zonemd }),
        signatureCheck: (check) => ({ signature_check: check }),
        timers: (timers) => ({ timers }),
        expired: (expired) => ({ expired }),
        originalNameServers: (names) => ({ original_name_servers: names && JSON.stringify(names) }),
        modifiedAt: (at) => ({ modified_at: at }),
        activatedAt: (at) => ({ activated_at: at }),
      });
      if (Object.keys(columns).length === 0) return;
      await db.updateTable("zones").set(columns).where("id", "=", id).execute();
    },
    async remove(id) {
      await db.deleteFrom("events").where("zone_id", "=", id).execute();
      await db.deleteFrom("zones").where("id", "=", id).execute();
    },
  };
}

export function readZone(row: Schema["zones"], words: Words): ZoneRow {
  return {
    id: row.id,
    accountId: words.one(row.account_id),
    name: row.name,
    status: words.one(row.status) as ZoneRow["status"],
    paused: row.paused === 1,
    denial: words.one(row.denial) as ZoneRow["denial"],
    secondaryOverrides: row.secondary_overrides === 1,
    zonemd: words.one(row.zonemd) as ZoneRow["zonemd"],
    signatureCheck: words.one(row.signature_check) as ZoneRow["signatureCheck"],
    timers: words.one(row.timers) as ZoneRow["timers"],
    expired: words.one(row.expired) as ZoneRow["expired"],
    originalNameServers: row.original_name_servers === null ? null : JSON.parse(row.original_name_servers),
    createdAt: row.created_at,
    modifiedAt: row.modified_at,
    activatedAt: row.activated_at,
  };
}

function zoneColumns(row: ZoneRow): Schema["zones"] {
  return {
    id: row.id,
    account_id: row.accountId,
    name: row.name,
    status: row.status,
    paused: flag(row.paused),
    denial: row.denial,
    secondary_overrides: flag(row.secondaryOverrides),
    zonemd: row.zonemd,
    signature_check: row.signatureCheck,
    timers: row.timers,
    expired: row.expired,
    original_name_servers: row.originalNameServers && JSON.stringify(row.originalNameServers),
    created_at: row.createdAt,
    modified_at: row.modifiedAt,
    activated_at: row.activatedAt,
  };
}

export function readDnssec(row: Schema["zone_dnssec"]): DnssecRow {
  return {
    zoneId: row.zone_id,
    phase: row.phase,
    modifiedAtSeconds: row.modified_at_seconds,
    parent: row.parent,
    parentAtSeconds: row.parent_at_seconds,
    multiSigner: row.multi_signer === 1,
    presigned: row.presigned === 1,
    useNsec3: row.use_nsec3 === 1,
  };
}

export function dnssecTable(db: Handle): DnssecTable {
  return {
    async list() {
      return (await db.selectFrom("zone_dnssec").selectAll().execute()).map(readDnssec);
    },
    async find(zoneId) {
      const row = await db.selectFrom("zone_dnssec").selectAll().where("zone_id", "=", zoneId).executeTakeFirst();
      return row && readDnssec(row);
    },
    async put(row) {
      const columns = {
        phase: row.phase,
        modified_at_seconds: row.modifiedAtSeconds,
        parent: row.parent,
        parent_at_seconds: row.parentAtSeconds,
        multi_signer: flag(row.multiSigner),
        presigned: flag(row.presigned),
        use_nsec3: flag(row.useNsec3),
      };
      await db
        .insertInto("zone_dnssec")
        .values({ zone_id: row.zoneId, ...columns })
        .onConflict((conflict) => conflict.column("zone_id").doUpdateSet(columns))
        .execute();
    },
  };
}

export function readKey(row: Schema["keys"], words: Words): KeyRow {
  return {
    id: row.id,
    zoneId: row.zone_id,
    role: words.one(row.role) as KeyRow["role"],
    algorithm: row.algorithm,
    keyTag: row.key_tag,
    dnskey: row.dnskey,
    sealed: row.sealed,
    state: words.one(row.state),
    createdAt: row.created_at,
  };
}

export function keyTable(db: Handle): KeyTable {
  const words = new Words();
  const read = (row: Schema["keys"]) => readKey(row, words);
  const select = () => db.selectFrom("keys").selectAll().orderBy("created_at").orderBy("id");
  return {
    async list() {
      return (await select().execute()).map(read);
    },
    async ofZone(zoneId) {
      return (await select().where("zone_id", "=", zoneId).execute()).map(read);
    },
    async add(row) {
      const { zoneId, keyTag, createdAt, ...same } = row;
      await db
        .insertInto("keys")
        .values({ ...same, zone_id: zoneId, key_tag: keyTag, created_at: createdAt })
        .execute();
    },
    async setState(id, state) {
      await db.updateTable("keys").set({ state }).where("id", "=", id).execute();
    },
    async remove(id) {
      await db.deleteFrom("keys").where("id", "=", id).execute();
    },
    async removeOfZone(zoneId) {
      await db.deleteFrom("keys").where("zone_id", "=", zoneId).execute();
    },
  };
}

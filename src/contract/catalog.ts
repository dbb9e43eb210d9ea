/** Catalog zones (RFC 9432): what a catalog brings, how its members are set up, and who of them is where. */
import { z } from "zod";
import { Id, NAME_MAX, PageQuery } from "./common.ts";
import { SIGNING_MODES } from "./modes.ts";
import { Time } from "./time.ts";
import { DEFAULT_REFRESH_SECONDS } from "./transfer.ts";

export const MAX_CATALOG_GROUPS = 100;
export const DEFAULT_GRACE_SECONDS = 30 * 86_400;
export const DEFAULT_MAX_MEMBERS = 100_000;

const CATALOG_ROLES = ["consumer", "producer"] as const;

const Label = z.string().min(1).max(NAME_MAX);
const Seconds = z.number().int().min(0).max(2_147_483_647);
const Peers = z.array(Id).max(1000);

/** How a member is set up when it comes, or when its group changes. */
const memberSettings = {
  mode: z.enum(SIGNING_MODES),
  /** Live signing: how missing names are denied; pre-signed: `nsec3` allows the primary to use it. */
  denial: z.enum(["compact", "chain", "nsec3"]),
  /** Null: the catalog's own. */
  peers: Peers.nullable(),
  auto_refresh_seconds: Seconds,
};

export const MemberSettings = z.object(memberSettings);
export type MemberSettings = z.infer<typeof MemberSettings>;

export const CatalogGroup = z.object({ group: Label, ...memberSettings });
export type CatalogGroup = z.infer<typeof CatalogGroup>;

const MemberSettingsWrite = z.object({
  mode: memberSettings.mode.default("unsigned"),
  denial: memberSettings.denial.default("compact"),
  peers: memberSettings.peers.default(null),
  auto_refresh_seconds: Seconds.default(DEFAULT_REFRESH_SECONDS),
});

export const CatalogMember = z
  .object({
    name: z.string(),
    /** Null when there is no such zone: it was refused. */
    zone_id: Id.nullable(),
    /** Label of its node in the catalog. */
    node: z.string(),
    groups: z.array(z.string()),
    /**
     * `member`: set up and served; `kept`: it left the catalog, is not answered for, and goes for good at `kept_until`;
     * `refused`: the catalog names it, and it was left alone.
     */
    state: z.enum(["member", "kept", "refused"]),
    kept_until: Time.nullable(),
    refusal: z.object({ code: z.string(), message: z.string() }).nullable(),
  })
  .meta({ id: "CatalogMember" });
export type CatalogMember = z.infer<typeof CatalogMember>;

export const Catalog = z
  .object({
    /** Also the id of the catalog zone itself. */
    id: Id,
    name: z.string(),
    /** `consumer`: its members are taken; `producer`: it is made here, of the zones that are given out. */
    role: z.enum(CATALOG_ROLES),
    /** What the catalog, and members without peers of their own, are transferred from. */
    peers: Peers,
    auto_refresh_seconds: Seconds,
    /** Members have to be at or below one of these names; empty: any. */
    allowed: z.array(z.string()),
    grace_seconds: Seconds,
    max_members: z.number(),
    /** For members without a group that is in the table. */
    defaults: MemberSettings,
    /** The first one that a member is in counts. */
    groups: z.array(CatalogGroup),
    /** `waiting`: nothing was transferred (or made) yet; `broken`: the newest version was not applied, the state before it holds. */
    state: z.enum(["waiting", "applying", "applied", "broken"]),
    fault: z.object({ code: z.string(), message: z.string() }).nullable(),
    applied_serial: z.number().nullable(),
    applied_time: Time.nullable(),
    members: z.number(),
    kept: z.number(),
    refused: z.number(),
    created_time: Time,
  })
  .meta({ id: "Catalog" });
export type Catalog = z.infer<typeof Catalog>;

const settingsWrite = {
  allowed: z.array(Label).max(1000),
  grace_seconds: Seconds,
  max_members: z.number().int().min(1).max(1_000_000),
  defaults: MemberSettingsWrite,
  groups: z.array(MemberSettingsWrite.extend({ group: Label })).max(MAX_CATALOG_GROUPS),
};

export const CatalogCreate = z.object({
  name: Label,
  account: z.object({ id: Id.optional() }).optional(),
  role: z.enum(CATALOG_ROLES).default("consumer"),
  /** Of a consumer. To whom a produced catalog is given stands in its zone's `secondary_dns/outgoing`. */
  peers: Peers.default([]),
  auto_refresh_seconds: Seconds.default(DEFAULT_REFRESH_SECONDS),
  allowed: settingsWrite.allowed.default([]),
  grace_seconds: Seconds.default(DEFAULT_GRACE_SECONDS),
  max_members: settingsWrite.max_members.default(DEFAULT_MAX_MEMBERS),
  defaults: settingsWrite.defaults.prefault({}),
  groups: settingsWrite.groups.default([]),
});
export type CatalogCreate = z.infer<typeof CatalogCreate>;

/** Members that are there keep their settings until their group changes, or `apply_to_members` puts all in force for all of them. */
export const CatalogEdit = z.object({ ...settingsWrite, apply_to_members: z.boolean() }).partial();
export type CatalogEdit = z.infer<typeof CatalogEdit>;

export const CatalogMembersQuery = PageQuery.extend({ state: z.enum(["member", "kept", "refused"]).optional() });
export type CatalogMembersQuery = z.infer<typeof CatalogMembersQuery>;

/** `keep`: members become ordinary zones. `remove`: they are deleted with their keys. Kept ones are deleted in both. */
export const CatalogDeleteQuery = z.object({ members: z.enum(["keep", "remove"]).default("keep") });
export type CatalogDeleteQuery = z.infer<typeof CatalogDeleteQuery>;

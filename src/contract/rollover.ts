/** Rollovers of a zone's own keys: what is going on, what is waited for and why, what was, and when the next begins by itself. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

export const ROLL_KINDS = ["zsk", "ksk"] as const;
export const ROLL_STEPS = [
  "publishing",
  "partners",
  "keys-wait",
  "switching",
  "signatures-wait",
  "parent",
  "ds-wait",
] as const;
export const ROLL_ENDS = ["rolled", "cancelled", "dropped"] as const;

const Tag = z.number().int().min(0).max(65_535);

export const Rollover = z.object({
  kind: z.enum(ROLL_KINDS),
  old_key_tag: Tag,
  new_key_tag: Tag,
  step: z.enum(ROLL_STEPS),
  started_time: Time,
  /** When the step began. */
  step_time: Time,
  /** When the new key began to sign, or the parent to be asked for its DS. */
  activated_time: Time.nullable(),
  /** Null: something has to be seen, however long that takes. */
  until_time: Time.nullable(),
  wait_seconds: z.number().nullable(),
  /** No cache is waited for. */
  emergency: z.boolean(),
  /** It was begun for the key's age. */
  automatic: z.boolean(),
  cancellable: z.boolean(),
  /** What is waited for and why, and what there is to do. */
  why: z.string(),
  /** KSK: the DS that the parent is to have at the end, as one line. */
  ds: z.string().nullable(),
  /** KSK: whether all of the parent's nameservers have it; null: not asked yet, or some have. */
  ds_at_parent: z.boolean().nullable(),
  /** Of a zone with other signers, as soon as they were asked: their nameservers. */
  partners: z
    .array(
      z.object({
        name: z.string(),
        /** ZSK: in its DNSKEY set; KSK: asked for by its CDS. Null: it gave no answer. */
        has_new_key: z.boolean().nullable(),
        asked_time: Time,
        error: z.string().nullable(),
      }),
    )
    .optional(),
  steps: z.array(z.object({ code: z.enum(ROLL_STEPS), state: z.enum(["done", "now", "later"]), title: z.string() })),
});
export type Rollover = z.infer<typeof Rollover>;

export const Rollovers = z
  .object({
    zone_id: Id,
    name: z.string(),
    /** Keys of our own sign what is served: they can be rolled. */
    possible: z.boolean(),
    /** After how many days the ZSK is rolled by itself, as set; null: by order alone; `default`: as the option zskLifetimeDays says. */
    zsk_days: z.number().nullable().or(z.literal("default")),
    /** What follows from it; null: by order alone. */
    zsk_days_effective: z.number().nullable(),
    /** When the ZSK is rolled for its age; null: not by itself, or it is being rolled. */
    next_zsk_time: Time.nullable(),
    /** The same of the KSK; `default`: as the option kskLifetimeDays says. */
    ksk_days: z.number().nullable().or(z.literal("default")),
    ksk_days_effective: z.number().nullable(),
    next_ksk_time: Time.nullable(),
    rollovers: z.array(Rollover),
    /** The newest last. */
    past: z.array(
      z.object({
        kind: z.enum(ROLL_KINDS),
        old_key_tag: Tag,
        new_key_tag: Tag,
        started_time: Time,
        activated_time: Time.nullable(),
        ended_time: Time,
        end: z.enum(ROLL_ENDS),
      }),
    ),
  })
  .meta({ id: "Rollovers" });
export type Rollovers = z.infer<typeof Rollovers>;

/**
 * `emergency`: no cache is waited for. Resolvers that hold the old DNSKEY set or old signatures refuse the zone until those run
 * out; a KSK stays all the same as long as the parent's DS refers to it. Of a rollover that goes on: from now on.
 */
export const RollStart = z.object({ kind: z.enum(ROLL_KINDS), emergency: z.boolean().default(false) });
export type RollStart = z.infer<typeof RollStart>;

export const RollCancel = z.object({ kind: z.enum(ROLL_KINDS) });
export type RollCancel = z.infer<typeof RollCancel>;

const Days = z.number().int().min(1).max(3650).nullable().or(z.literal("default"));

/** What is not given stays as it is. */
export const RolloversEdit = z.object({ zsk_days: Days.optional(), ksk_days: Days.optional() });
export type RolloversEdit = z.infer<typeof RolloversEdit>;

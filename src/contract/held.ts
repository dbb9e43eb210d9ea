/** A version that was transferred and is not served: what is in it, why, and what the operator does with it. Freezing of transfers. */
import { z } from "zod";
import { Id } from "./common.ts";
import { Time } from "./time.ts";

const RRsetChange = z.object({
  owner: z.string(),
  type: z.string(),
  change: z.enum(["added", "removed", "changed"]),
  /** TTL and data of the records that went and that came, in master-file form; the first of each. */
  before: z.array(z.string()),
  after: z.array(z.string()),
});

/** What `POST held/release` would do: `yes` takes the version, `force` wants `"force": true`, `no` can't be done. */
export const RELEASES = ["yes", "force", "no"] as const;

export const HeldVersion = z
  .object({
    zone_id: Id,
    serial: z.number().nullable(),
    code: z.string(),
    reason: z.string(),
    /** Step at which it was held: checking, storing, compiling, validating, approving, signing, saving, publishing. */
    step: z.string(),
    since: Time,
    served_serial: z.number().nullable(),
    release: z.enum(RELEASES),
    /** One sentence: what releasing would mean, or what to do instead. */
    advice: z.string(),
    /** Records that failed a check, the first of them; `type` is absent where a whole name is meant. */
    failing: z.array(
      z.object({ owner: z.string(), type: z.string().nullable(), code: z.string(), message: z.string() }),
    ),
    /** Null when nothing could be made of what came. */
    changes: z
      .object({
        records: z.number(),
        served_records: z.number(),
        /** RRsets, those of RRSIG left out. */
        added: z.number(),
        removed: z.number(),
        changed: z.number(),
        /** RRSIG sets that came, went or changed. */
        signatures: z.number(),
        /** The first changes in canonical order. */
        listed: z.array(RRsetChange),
      })
      .nullable(),
  })
  .meta({ id: "HeldVersion" });
export type HeldVersion = z.infer<typeof HeldVersion>;

export const HeldRelease = z.object({
  /** A version whose signatures are bad is released by force alone. */
  force: z.boolean().default(false),
});

export const HeldReleased = z
  .object({
    serial: z.number(),
    /** False while the round still runs; status shows its end. */
    served: z.boolean(),
    /** What resolvers will do with it, where that is not plain. */
    warning: z.string().nullable(),
  })
  .meta({ id: "HeldReleased" });
export type HeldReleased = z.infer<typeof HeldReleased>;

export const HeldQuery = z.object({
  /** Changes that are listed. */
  limit: z.coerce.number().int().min(0).max(1000).default(50),
});

export const FreezeState = z
  .object({
    zone_id: Id,
    /** Since when nothing is fetched; null: transfers go on. */
    frozen_time: Time.nullable(),
    /** When the zone expires: its time runs on while it is frozen. */
    expire_time: Time.nullable(),
  })
  .meta({ id: "FreezeState" });
export type FreezeState = z.infer<typeof FreezeState>;

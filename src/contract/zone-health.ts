/** How zones are: one word and one level for each, and the light list that a page of 100,000 zones is made of. */
import { z } from "zod";
import { Id, NAME_MAX, PageQuery } from "./common.ts";
import { SIGNING_MODES } from "./modes.ts";
import { Time } from "./time.ts";
import { ZONE_STATUSES } from "./zone.ts";

/** Worst first. `problem`: somebody has to do something now. `warning`: soon. `waiting`: something is still to come. */
export const HEALTH_LEVELS = ["problem", "warning", "waiting", "well"] as const;
export type HealthLevel = (typeof HEALTH_LEVELS)[number];

/** Each with its level; within a level the worse one first: a zone shows the first that fits. */
export const HEALTH_CODES = {
  /** No primary answered until SOA EXPIRE. */
  expired: "problem",
  /** The DS at the parent fits no key of the zone: validating resolvers refuse it. */
  "ds-mismatch": "problem",
  /** What came first was not taken: nothing is served. */
  "held-unserved": "problem",
  /** What came last was not taken: the version before is served. */
  held: "problem",
  "signatures-ending": "problem",
  /** No transfer has ever worked. */
  "never-transferred": "problem",
  "no-primary": "problem",
  /** No primary answers, for several rounds. */
  unreachable: "problem",
  moved: "warning",
  /** The last round failed, or one of several primaries does. */
  "check-failed": "warning",
  /** A primary has an older version, or another one under the same serial. */
  "primary-differs": "warning",
  frozen: "warning",
  "first-transfer": "waiting",
  "ds-wanted": "waiting",
  "not-delegated": "waiting",
  /** Not answered for: a catalog, or kept for a while after it left one. */
  hidden: "well",
  well: "well",
} as const satisfies Readonly<Record<string, HealthLevel>>;
export type HealthCode = keyof typeof HEALTH_CODES;

const CODES = Object.keys(HEALTH_CODES) as [HealthCode, ...HealthCode[]];

export const ZoneHealth = z.object({ level: z.enum(HEALTH_LEVELS), code: z.enum(CODES) });
export type ZoneHealth = z.infer<typeof ZoneHealth>;

export const ZoneSummary = z
  .object({
    id: Id,
    name: z.string(),
    /** At the registry: whether the parent delegates here. */
    status: z.enum(ZONE_STATUSES),
    mode: z.enum(SIGNING_MODES),
    health: ZoneHealth,
    /** Served; null while nothing is. */
    serial: z.number().nullable(),
    transferred_time: Time.nullable(),
  })
  .meta({ id: "ZoneSummary" });
export type ZoneSummary = z.infer<typeof ZoneSummary>;

export const ZoneSummaryQuery = PageQuery.extend({
  /** Part of the name. */
  q: z.string().max(NAME_MAX).optional(),
  level: z.array(z.enum(HEALTH_LEVELS)).optional(),
  mode: z.array(z.enum(SIGNING_MODES)).optional(),
  /** `health`: problems first, each level by name. */
  order: z.enum(["health", "name"]).default("health"),
});
export type ZoneSummaryQuery = z.infer<typeof ZoneSummaryQuery>;

/** How many zones there are of each kind. */
export const ZoneCounts = z
  .object({
    total: z.number(),
    levels: z.record(z.enum(HEALTH_LEVELS), z.number()),
    modes: z.record(z.enum(SIGNING_MODES), z.number()),
  })
  .meta({ id: "ZoneCounts" });
export type ZoneCounts = z.infer<typeof ZoneCounts>;

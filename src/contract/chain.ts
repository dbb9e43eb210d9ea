/** The chain of trust as it is seen from outside: the parent's DS, our keys, what they sign; with what is wrong and what to do. */
import { z } from "zod";
import { Id } from "./common.ts";
import { SIGNING_MODES } from "./modes.ts";
import { Time } from "./time.ts";

export const FINDING_SEVERITIES = ["ok", "info", "warning", "error"] as const;
/** `secure`: a validator finds a whole chain. `insecure`: the parent has no DS. `broken`: a validator answers SERVFAIL. */
export const CHAIN_STATES = ["secure", "insecure", "broken", "unknown"] as const;
export const LINK_STATES = ["good", "bad", "missing"] as const;

export const ChainFinding = z.object({
  /** Stable word such as `ds.matches-no-key`. */
  code: z.string(),
  severity: z.enum(FINDING_SEVERITIES),
  sentence: z.string(),
  /** What to do; empty where nothing is. */
  advice: z.string(),
});
export type ChainFinding = z.infer<typeof ChainFinding>;

export const ChainNode = z.object({
  id: z.string(),
  kind: z.enum(["ds", "ksk", "zsk", "rrset"]),
  /** The zone that it stands in: the parent's or ours. */
  side: z.enum(["parent", "zone"]),
  label: z.string(),
  /** A second line of a picture: algorithm and digest, what a CDS asks for, the owner of a proof; may be empty. */
  note: z.string(),
  detail: z.string(),
  /** Of keys: whether it is one of Countersign's. */
  ours: z.boolean(),
  state: z.enum(LINK_STATES),
});
export type ChainNode = z.infer<typeof ChainNode>;

export const ChainLink = z.object({
  from: z.string(),
  to: z.string(),
  kind: z.enum(["digest", "signature"]),
  state: z.enum(LINK_STATES),
  /** One sentence, with the key's tag and the time that is left. */
  detail: z.string(),
});
export type ChainLink = z.infer<typeof ChainLink>;

export const SelfCheck = z
  .object({
    zone_id: Id,
    name: z.string(),
    mode: z.enum(SIGNING_MODES),
    checked_time: Time,
    state: z.enum(CHAIN_STATES),
    /** In one sentence. */
    summary: z.string(),
    findings: z.array(ChainFinding),
    nodes: z.array(ChainNode),
    links: z.array(ChainLink),
  })
  .meta({ id: "SelfCheck" });
export type SelfCheck = z.infer<typeof SelfCheck>;

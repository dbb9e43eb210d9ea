/** The set-up of a zone that two or more signers sign (RFC 8901 model 2), as steps whose state is what was really seen. */
import { z } from "zod";
import { Id } from "./common.ts";
import { SIGNING_MODES } from "./modes.ts";
import { ParentSight } from "./status.ts";
import { Time } from "./time.ts";

/**
 * `done`: seen to be so. `todo`: the operator's turn, or the other provider's. `waiting`: done, but old answers may still be
 * in caches. `later`: not before the steps above. `unknown`: nobody could be asked.
 */
export const STEP_STATES = ["done", "todo", "waiting", "later", "unknown"] as const;

export const JOIN_STEPS = [
  "transfer",
  "mode",
  "partner-keys",
  "our-key",
  "keys-wait",
  "ds",
  "ds-wait",
  "name-servers",
  "name-servers-wait",
] as const;

/** `we`: this provider goes, the partner stays. `partner`: the other way about. */
export const LEAVE_STEPS = ["name-servers", "name-servers-wait", "ds", "ds-wait", "keys", "mode"] as const;

const step = <const Codes extends readonly [string, ...string[]]>(codes: Codes) =>
  z.object({
    code: z.enum(codes),
    state: z.enum(STEP_STATES),
    /** What is to be, in a few words. */
    title: z.string(),
    /** What was seen, and what to do about it. */
    detail: z.string(),
    /** Of a wait: how long it is, since when it runs, and when it is over. */
    wait: z.object({ seconds: z.number(), since: Time.nullable(), until: Time.nullable() }).nullable(),
  });

const Whose = z.enum(["ours", "partner"]);

export const MultiSigner = z
  .object({
    zone_id: Id,
    name: z.string(),
    mode: z.enum(SIGNING_MODES),
    /** Every step of joining is done. */
    complete: z.boolean(),
    /** DNSKEYs of all signers: ours, and the partners' as the transfer brought them. */
    keys: z.array(
      z.object({
        whose: Whose,
        key_tag: z.number(),
        algorithm: z.number(),
        role: z.enum(["ksk", "zsk"]),
        /** `example.com. 3600 IN DNSKEY 256 3 13 …`: to be put in at the other provider. */
        line: z.string(),
        /** In the DNSKEY RRset that we serve. */
        served: z.boolean(),
        /** In the DNSKEY RRset that the transfer brought: the partner publishes it. */
        transferred: z.boolean(),
      }),
    ),
    ds: z.array(
      z.object({
        whose: Whose,
        key_tag: z.number(),
        line: z.string(),
        /** Null: the parent was not asked yet. */
        at_parent: z.boolean().nullable(),
      }),
    ),
    /** DS lines at the parent that match no key of any signer. */
    strange_ds: z.array(z.string()),
    name_servers: z.array(
      z.object({
        name: z.string(),
        whose: Whose,
        /** In the zone's own NS RRset, as transferred. */
        in_zone: z.boolean(),
        /** Null: the parent was not asked yet, or did not say. */
        at_parent: z.boolean().nullable(),
      }),
    ),
    parent: ParentSight,
    joining: z.array(step(JOIN_STEPS)),
    leaving: z.object({ we: z.array(step(LEAVE_STEPS)), partner: z.array(step(LEAVE_STEPS)) }),
  })
  .meta({ id: "MultiSigner" });
export type MultiSigner = z.infer<typeof MultiSigner>;

/** The keys of a zone: which are published, which sign what, since when, and what the parent has of them. */
import { z } from "zod";
import { Time } from "./time.ts";

/** `csk`: one key that signs both the DNSKEY set and the data. */
export const KEY_ROLES = ["ksk", "zsk", "csk"] as const;

export const ZoneKey = z
  .object({
    key_tag: z.number(),
    flags: z.number(),
    algorithm: z.number(),
    role: z.enum(KEY_ROLES),
    /** `primary`: it came with the transfer; another signer has its private half. */
    whose: z.enum(["ours", "primary"]),
    /** When it was made here; null for keys of others. */
    created_time: Time.nullable(),
    /** While it is rolled `published` (it only stands by) or `retired` (it only stands by still), else `active`; null for keys of others. */
    state: z.enum(["published", "active", "retired"]).nullable(),
    /** In the DNSKEY set that is served. */
    published: z.boolean(),
    /** What of the answers that are served it signs; empty: it stands by. */
    signs: z.array(z.enum(["keys", "data"])),
    /** Of its signature over the DNSKEY set, or, where it makes none, over the SOA of a pre-signed zone. Null: made when asked for, or none. */
    signature: z.object({ inception_time: Time, expiration_time: Time }).nullable(),
    /** Null: no DS is to be made of it, or the parent was not asked yet. */
    ds_at_parent: z.boolean().nullable(),
    /** `example.com. 3600 IN DNSKEY …` */
    dnskey: z.string(),
    /** Of keys that a DS may point at. */
    ds: z.string().nullable(),
  })
  .meta({ id: "ZoneKey" });
export type ZoneKey = z.infer<typeof ZoneKey>;

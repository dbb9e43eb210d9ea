/** DNSSEC of a zone as the provider's API shows it. Algorithm and digest type are strings, flags and key tag numbers. */
import { z } from "zod";
import { Time } from "./time.ts";

export const DNSSEC_STATUSES = ["active", "pending", "disabled", "pending-disabled", "error"] as const;

/** "Never enabled" and "deleted" are status `disabled` with `modified_on` null. */
export const Dnssec = z
  .object({
    status: z.enum(DNSSEC_STATUSES),
    flags: z.number().nullable(),
    algorithm: z.string().nullable(),
    key_type: z.string().nullable(),
    digest_type: z.string().nullable(),
    digest_algorithm: z.string().nullable(),
    digest: z.string().nullable(),
    /** `example.com. 3600 IN DS 2371 13 2 HEX`, upper-case hex. */
    ds: z.string().nullable(),
    key_tag: z.number().nullable(),
    public_key: z.string().nullable(),
    modified_on: Time.nullable(),
    dnssec_multi_signer: z.boolean(),
    dnssec_presigned: z.boolean(),
    dnssec_use_nsec3: z.boolean(),
  })
  .meta({ id: "Dnssec" });
export type Dnssec = z.infer<typeof Dnssec>;

/** Any of these, also none: a PATCH without `status` and one with all flags false are legal. */
export const DnssecEdit = z.object({
  status: z.enum(["active", "disabled"]).optional(),
  dnssec_multi_signer: z.boolean().optional(),
  dnssec_presigned: z.boolean().optional(),
  dnssec_use_nsec3: z.boolean().optional(),
});
export type DnssecEdit = z.infer<typeof DnssecEdit>;

/** PascalCase on purpose: the provider's form. `SigningKey` is always null-filled; private keys never leave. */
export const Zsk = z
  .object({
    Name: z.string(),
    Tag: z.enum(["active", "publish", "external", "retired", "revoked", "removed"]),
    Location: z.enum(["database", "vault"]),
    DNSKEY: z.object({
      Hdr: z.object({
        Name: z.string(),
        Rrtype: z.literal(48),
        Class: z.literal(1),
        Ttl: z.number(),
        Rdlength: z.number(),
      }),
      Flags: z.number(),
      Protocol: z.literal(3),
      Algorithm: z.number(),
      PublicKey: z.string(),
    }),
    SigningKey: z.object({ kek: z.null(), privkey: z.null(), pubkey: z.null() }),
  })
  .meta({ id: "Zsk" });
export type Zsk = z.infer<typeof Zsk>;

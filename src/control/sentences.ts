/** Sentences for people about refusals that come as codes from pure rooms: what is wrong, and what to do next. */
import type { PresignedRefusal } from "#keyplan";

export const PRESIGNED_SENTENCES: Readonly<Record<PresignedRefusal, string>> = {
  "presigned-without-dnskey":
    "dnssec_presigned is on, but the transferred zone has no DNSKEY: sign it at the primary, or switch dnssec_presigned off",
  "presigned-without-rrsig":
    "dnssec_presigned is on, but the transferred zone has no RRSIG: sign it at the primary, or switch dnssec_presigned off",
  "presigned-without-denial":
    "dnssec_presigned is on, but the transferred zone has neither NSEC nor NSEC3: the primary has to send its whole chain",
  "presigned-nsec3-not-enabled":
    "the primary signs with NSEC3, but dnssec_use_nsec3 is off: switch it on, or let the primary use NSEC",
};

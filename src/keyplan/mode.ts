/** Which signing mode a zone is in, from its DNSSEC status and the switches of the API, and which switches exclude each other. */
import { fail, ok, type Result } from "#bytes";
import { MAX_NSEC3_APEX } from "#dnssec";
import type { Name } from "#name";
import type { Phase } from "./status.ts";

export type SigningMode = "unsigned" | "live" | "presigned" | "multisigner";

/** How missing names and types are denied in the modes that sign here: RFC 9824, NSEC3 made at query time, or a full NSEC chain. */
export type Denial = "compact" | "nsec3" | "chain";

/** The switches of `PATCH dnssec`, plus Countersign's own choice between the two forms of NSEC. */
export type DnssecFlags = {
  readonly presigned: boolean;
  readonly multiSigner: boolean;
  readonly useNsec3: boolean;
  readonly nsecDenial: "compact" | "chain";
};

export const NO_FLAGS: DnssecFlags = { presigned: false, multiSigner: false, useNsec3: false, nsecDenial: "compact" };

/**
 * Signing goes on in every phase but `deleted`: a resolver may still hold our DS long after it left the parent, so
 * `disabled` must not stop it.
 */
export function signingMode(phase: Phase, flags: DnssecFlags): SigningMode {
  if (phase === "deleted") return "unsigned";
  if (flags.presigned) return "presigned";
  return flags.multiSigner ? "multisigner" : "live";
}

/** NSEC3 wins over the choice between the forms of NSEC, where the apex leaves room for hashed owner names. */
export function denialOf(flags: DnssecFlags, apex: Name): Denial {
  return flags.useNsec3 && apex.length <= MAX_NSEC3_APEX ? "nsec3" : flags.nsecDenial;
}

export type FlagsRefusal = "presigned-with-multi-signer" | "presigned-with-overrides";

/**
 * Pre-signed means that nothing is signed here, so it goes neither with multi-signer (which signs here) nor with
 * overrides (which change what the primary signed).
 */
export function checkFlags(flags: DnssecFlags, secondaryOverrides: boolean): Result<DnssecFlags, FlagsRefusal> {
  if (flags.presigned && flags.multiSigner) return fail("presigned-with-multi-signer");
  if (flags.presigned && secondaryOverrides) return fail("presigned-with-overrides");
  return ok(flags);
}

/** What a transferred zone brought with it, as far as the modes care. */
export type TransferredDnssec = {
  readonly dnskey: boolean;
  readonly rrsig: boolean;
  readonly nsec: boolean;
  readonly nsec3: boolean;
};

export type PresignedRefusal =
  | "presigned-without-dnskey"
  | "presigned-without-rrsig"
  | "presigned-without-denial"
  | "presigned-nsec3-not-enabled";

/**
 * What a zone must have brought to be served as it is. `dnssec_use_nsec3` allows NSEC3, it does not demand it: so the
 * switch can be set before the primary changes over, and the change is one transfer without a held zone in between.
 */
export function checkPresigned(brought: TransferredDnssec, flags: DnssecFlags): Result<void, PresignedRefusal> {
  if (!brought.dnskey) return fail("presigned-without-dnskey");
  if (!brought.rrsig) return fail("presigned-without-rrsig");
  if (!brought.nsec && !brought.nsec3) return fail("presigned-without-denial");
  if (brought.nsec3 && !brought.nsec && !flags.useNsec3) return fail("presigned-nsec3-not-enabled");
  return ok(undefined);
}

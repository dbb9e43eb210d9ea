/** Countersign's own settings of a zone. */
import { z } from "zod";

export const ZONEMD_CHECKS = ["verify", "required", "off"] as const;
export const SIGNATURE_CHECKS = ["all", "zonemd", "apex"] as const;
export const REFRESH_TIMERS = ["default", "interval", "soa"] as const;
export const EXPIRED_ANSWERS = ["default", "servfail", "serve"] as const;

/**
 * How a live-signed zone says "no such name": `compact` (RFC 9824) or `chain`, a plain full NSEC chain with real NXDOMAIN.
 * `dnssec_use_nsec3` goes before both.
 */
export const ZoneSettings = z
  .object({
    denial: z.enum(["compact", "chain"]),
    /**
     * The digest of the zone at its apex (RFC 8976): `verify` checks it where there is one, `required` holds a version that
     * has none which can be checked, `off` does not look.
     */
    zonemd: z.enum(ZONEMD_CHECKS),
    /**
     * Pre-signed: `all` checks every signature of a new version; `zonemd` only those of the apex when a signed ZONEMD covers
     * the rest and its digest is right. Dates, keys, and the chain of denial are looked at in both. `apex` checks the apex alone
     * (keys, SOA) and, of what an IXFR brings, everything; the rest of a whole transfer is taken as the primary sends it.
     */
    signature_check: z.enum(SIGNATURE_CHECKS),
    /**
     * How often primaries are asked: `interval` goes by `auto_refresh_seconds`; `soa` by the zone's own REFRESH (a minute to a
     * week), and failures are repeated after its RETRY (30 s to a day) at the latest; `default` is the server's option `timers`.
     */
    timers: z.enum(REFRESH_TIMERS),
    /** After SOA EXPIRE without contact to a primary: SERVFAIL, or served on; `default` is the server's option `expired`. */
    expired: z.enum(EXPIRED_ANSWERS),
    /** Narrower limits than those of the whole installation; null: the installation's. */
    max_records: z.number().int().min(1).max(100_000_000).nullable(),
    /** Of names and RDATA. */
    max_octets: z.number().int().min(1024).max(4_294_967_295).nullable(),
    max_transfer_seconds: z.number().int().min(1).max(86_400).nullable(),
    /** A version that lacks more than so many percent of the records served is held. 0: never; null: as the option says. */
    hold_record_loss_percent: z.number().int().min(0).max(100).nullable(),
  })
  .meta({ id: "ZoneSettings" });
export type ZoneSettings = z.infer<typeof ZoneSettings>;
export const ZoneSettingsEdit = ZoneSettings.partial();
export type ZoneSettingsEdit = z.infer<typeof ZoneSettingsEdit>;

/** Countersign's own view of a zone: what the provider's API has no place for (why a zone is held, what each peer last said). */
import { z } from "zod";
import { Id } from "./common.ts";
import { DNSSEC_STATUSES } from "./dnssec.ts";
import { SIGNING_MODES } from "./modes.ts";
import { Time } from "./time.ts";
import { ZoneHealth } from "./zone-health.ts";

const Fault = z.object({ code: z.string(), message: z.string() });

/** `lags`: an older serial than another primary's; `backwards`: an older one than its own; `disagrees`: the same serial with other data. */
export const PEER_VERDICTS = ["same", "ahead", "lags", "backwards", "disagrees"] as const;

/** What one transfer peer last answered. */
export const PeerStatus = z.object({
  id: Id,
  name: z.string(),
  /** `192.0.2.53:53`, `[2001:db8::53]:53` */
  address: z.string(),
  checked_time: Time.nullable(),
  /** Serial in its last SOA answer. */
  serial: z.number().nullable(),
  check_error: Fault.nullable(),
  /** Its last SOA answer beside what is stored here; null before there was one. */
  verdict: z.enum(PEER_VERDICTS).nullable(),
  /** False while it answers nobody: it is left out until one question in a while finds it back. */
  reachable: z.boolean(),
  transferred_time: Time.nullable(),
  transfer_error: Fault.nullable(),
});
export type PeerStatus = z.infer<typeof PeerStatus>;

/** The last look at the parent, wherever it is spoken of. */
export const ParentSight = z.object({
  checked_time: Time.nullable(),
  /** Of the last look; where nobody answered in it, of the one before. */
  ds: z.array(z.string()),
  /** Who answered in the last look: `resolver` in the place of the parent's nameservers, and what it says may be old. Null: nobody. */
  answered_by: z.enum(["parent", "resolver"]).nullable(),
  error: Fault.nullable(),
});

export const DnssecDetails = z.object({
  status: z.enum(DNSSEC_STATUSES),
  /** DS lines for the registrar; of the primary's keys in pre-signed mode. */
  ds: z.array(z.string()),
  /**
   * DS lines of our own keys, whatever the mode. In pre-signed mode: what has to be at the parent, beside the primary's,
   * before the zone is switched to multi-signer; `ds` has the primary's alone then.
   */
  own_ds: z.array(z.string()),
  /** DNSKEY lines as served. */
  dnskeys: z.array(z.string()),
  /** One sentence: what the operator does next, at the registrar or at the primary. */
  next_step: z.string(),
  parent: ParentSight,
  /** The earliest expiration among the signatures served (pre-signed), or of the apex signatures (live). */
  signatures_expire_time: Time.nullable(),
  /** When the apex is signed anew. */
  resign_time: Time.nullable(),
});
export type DnssecDetails = z.infer<typeof DnssecDetails>;

export const ZoneStatus = z
  .object({
    id: Id,
    name: z.string(),
    mode: z.enum(SIGNING_MODES),
    denial: z.enum(["none", "compact", "chain", "nsec3", "primary"]),
    /** `hidden`: not answered for, because it is a catalog, or left one and is kept for a while. */
    serving: z.enum(["not-ready", "serving", "expired", "hidden"]),
    /** The worst that is to be said of it; `well` when there is nothing. */
    health: ZoneHealth,
    /** What the zone's machine does now. */
    phase: z.string(),
    /** Set when what was last transferred is not served: the last good version is served on. */
    held: z
      .object({
        code: z.string(),
        reason: z.string(),
        serial: z.number().nullable(),
        since: Time,
      })
      .nullable(),
    /** The transfer that runs now, and how far it has come; null: none does. Of an AXFR `image.records` says about how many there will be. */
    transferring: z
      .object({
        peer_id: Id,
        kind: z.enum(["axfr", "ixfr"]),
        started_time: Time,
        messages: z.number(),
        records: z.number(),
        octets: z.number(),
      })
      .nullable(),
    /** Since when nothing is fetched, by order of the operator (`POST freeze`); null: transfers go on. */
    frozen_time: Time.nullable(),
    serials: z.object({
      notified: z.number().nullable(),
      primary: z.number().nullable(),
      stored: z.number().nullable(),
      served: z.number().nullable(),
    }),
    /** Hash of the ZONEMD by which the served version was verified; null when it has none, or was not checked. */
    zonemd: z.enum(["sha384", "sha512"]).nullable(),
    generation: z.number(),
    checked_time: Time.nullable(),
    transferred_time: Time.nullable(),
    next_check_time: Time.nullable(),
    expire_time: Time.nullable(),
    peers: z.array(PeerStatus),
    image: z.object({ names: z.number(), rrsets: z.number(), records: z.number(), octets: z.number() }).nullable(),
    dnssec: DnssecDetails,
  })
  .meta({ id: "ZoneStatus" });
export type ZoneStatus = z.infer<typeof ZoneStatus>;

export const TRANSFER_OUTCOMES = ["taken", "unchanged", "held", "refused", "failed", "sent"] as const;
export const TRANSFER_KINDS = ["axfr", "ixfr", "soa"] as const;
export const TRANSFER_DIRECTIONS = ["in", "out"] as const;

/** One attempt to check or to transfer, in from a primary or out to a secondary. */
export const Transfer = z
  .object({
    id: z.number(),
    zone_id: Id,
    direction: z.enum(TRANSFER_DIRECTIONS),
    /** Null where the other side is no peer of the account. */
    peer_id: Id.nullable(),
    address: z.string(),
    /** What was asked for; `soa`: the question for the serial. Checks that went well are not kept, see the status. */
    kind: z.enum(TRANSFER_KINDS),
    /** What came: an IXFR may be answered by the whole zone, or by one SOA. Null: nothing that could be used. */
    got: z.enum(TRANSFER_KINDS).nullable(),
    transport: z.enum(["udp", "tcp", "tls"]),
    /** Whom the other side's certificate or pin was accepted as. */
    tls_identity: z.string().nullable(),
    /** Name of the TSIG key that signed it. */
    tsig_key: z.string().nullable(),
    /** `request`: a secondary asked. */
    reason: z.enum(["start", "timer", "notify", "operator", "retry", "request"]),
    /** `sent`: a transfer out went through. The stable code of what went wrong is `error.code`. */
    outcome: z.enum(TRANSFER_OUTCOMES),
    started_time: Time,
    finished_time: Time,
    duration_seconds: z.number(),
    serial_before: z.number().nullable(),
    serial_after: z.number().nullable(),
    messages: z.number(),
    records: z.number(),
    octets: z.number(),
    error: Fault.nullable(),
    /** Why an IXFR became an AXFR within the attempt. */
    fallback: Fault.nullable(),
    /** Further checks that went exactly the same way, the last one at `finished_time`. */
    repeats: z.number(),
  })
  .meta({ id: "Transfer" });
export type Transfer = z.infer<typeof Transfer>;

export const EventRow = z
  .object({
    /** Ascending, never reused. */
    id: z.number(),
    time: Time,
    zone_id: Id.nullable(),
    level: z.enum(["info", "warning", "error"]),
    /** Stable word such as `zone.held`, `transfer.taken`. */
    code: z.string(),
    message: z.string(),
    detail: z.record(z.string(), z.unknown()),
  })
  .meta({ id: "Event" });
export type EventRow = z.infer<typeof EventRow>;

/** Newest first; `before` continues a list: give the smallest id of the page before. */
export const HistoryQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(100),
  before: z.coerce.number().int().min(1).optional(),
});
export type HistoryQuery = z.infer<typeof HistoryQuery>;

/** Repeated keys and comma lists narrow to any of their values. */
export const TransfersQuery = HistoryQuery.extend({
  outcome: z.array(z.enum(TRANSFER_OUTCOMES)).optional(),
  direction: z.array(z.enum(TRANSFER_DIRECTIONS)).optional(),
  kind: z.array(z.enum(TRANSFER_KINDS)).optional(),
});
export type TransfersQuery = z.infer<typeof TransfersQuery>;

export const EventsQuery = HistoryQuery.extend({
  zone_id: Id.optional(),
  /** Only of the stream (`Accept: text/event-stream`): go on behind this id, as the header Last-Event-ID does. */
  after: z.coerce.number().int().min(0).optional(),
});
export type EventsQuery = z.infer<typeof EventsQuery>;

/** To whom a zone is given out: the provider's configuration, and what Countersign says beyond it. */
import { z } from "zod";
import { Id, NAME_MAX } from "./common.ts";
import { Time } from "./time.ts";

export const Outgoing = z
  .object({
    id: Id,
    /** Exactly as it was sent, with or without the final dot. */
    name: z.string(),
    peers: z.array(Id),
    /** Serial that secondaries are given; 0 while there is none. */
    soa_serial: z.number(),
    /** When a secondary was last told of a version (NOTIFY). */
    checked_time: Time.nullable(),
    created_time: Time,
    last_transferred_time: Time.nullable(),
  })
  .meta({ id: "Outgoing" });
export type Outgoing = z.infer<typeof Outgoing>;

export const OutgoingWrite = z.object({
  name: z
    .string()
    .min(1)
    .max(NAME_MAX + 1),
  /** May be empty: then ACLs alone say who may transfer, and nobody is notified. */
  peers: z.array(Id).max(1000),
});
export type OutgoingWrite = z.infer<typeof OutgoingWrite>;

export const OUTGOING_STATUSES = ["Enabled", "Disabled"] as const;
export const OutgoingStatus = z.enum(OUTGOING_STATUSES);
export type OutgoingStatus = z.infer<typeof OutgoingStatus>;

const Notice = z.object({
  /** Serial that was told. */
  serial: z.number(),
  outcome: z.enum(["waiting", "taken", "failed"]),
  attempts: z.number(),
  time: Time,
  /** Why the last attempt failed. */
  error: z.object({ code: z.string(), message: z.string() }).nullable(),
});

const TransferOut = z.object({
  kind: z.enum(["axfr", "ixfr"]),
  serial: z.number(),
  time: Time,
  messages: z.number(),
  records: z.number(),
  octets: z.number(),
  /** False: the secondary went away before the end. */
  complete: z.boolean(),
});

/** Countersign's own view of outgoing transfers. */
export const OutgoingDetails = z
  .object({
    id: Id,
    status: OutgoingStatus,
    /** Transfers are refused over anything but TLS. */
    tls_only: z.boolean(),
    /** What the primary calls the version that is given out, and what secondaries call it. */
    serials: z.object({ primary: z.number().nullable(), served: z.number().nullable() }),
    /** Serials from which an IXFR reaches the served one, oldest first. */
    journal: z.array(z.number()),
    peers: z.array(
      z.object({
        id: Id,
        name: z.string(),
        address: z.string(),
        notify: Notice.nullable(),
        transfer: TransferOut.nullable(),
      }),
    ),
  })
  .meta({ id: "OutgoingDetails" });
export type OutgoingDetails = z.infer<typeof OutgoingDetails>;

export const OutgoingEdit = z.object({ tls_only: z.boolean().optional() });
export type OutgoingEdit = z.infer<typeof OutgoingEdit>;

/** Transfers in and out. */
import { Deleted } from "../common.ts";
import { Outgoing, OutgoingDetails, OutgoingEdit, OutgoingStatus, OutgoingWrite } from "../outgoing.ts";
import { Transfer, TransfersQuery } from "../status.ts";
import { Incoming, IncomingWrite } from "../transfer.ts";
import { Ok, OWN_ZONE, type Route, route, ZONE } from "./route.ts";

const OUTGOING = `${ZONE}/secondary_dns/outgoing`;

export const transfersRoutes = {
  "incoming.get": route("GET", `${ZONE}/secondary_dns/incoming`, "Incoming transfer configuration", "one", Incoming, {
    moving: ["soa_serial", "checked_time"],
  }),
  "incoming.create": route("POST", `${ZONE}/secondary_dns/incoming`, "Configure incoming transfers", "one", Incoming, {
    body: IncomingWrite,
  }),
  "incoming.update": route("PUT", `${ZONE}/secondary_dns/incoming`, "Replace the configuration", "one", Incoming, {
    body: IncomingWrite,
  }),
  "incoming.delete": route(
    "DELETE",
    `${ZONE}/secondary_dns/incoming`,
    "Unlink the zone from its peers",
    "one",
    Deleted,
  ),
  "incoming.forceAxfr": route("POST", `${ZONE}/secondary_dns/force_axfr`, "Transfer now", "one", Ok),
  "outgoing.get": route("GET", OUTGOING, "Outgoing transfer configuration", "one", Outgoing, {
    moving: ["soa_serial", "checked_time", "last_transferred_time"],
  }),
  "outgoing.create": route("POST", OUTGOING, "Configure outgoing transfers", "one", Outgoing, { body: OutgoingWrite }),
  "outgoing.update": route("PUT", OUTGOING, "Replace the configuration", "one", Outgoing, { body: OutgoingWrite }),
  "outgoing.delete": route("DELETE", OUTGOING, "Give the zone to nobody any more", "one", Deleted),
  "outgoing.enable": route("POST", `${OUTGOING}/enable`, "Answer transfers, and notify", "one", OutgoingStatus),
  "outgoing.disable": route("POST", `${OUTGOING}/disable`, "Refuse transfers", "one", OutgoingStatus),
  "outgoing.forceNotify": route("POST", `${OUTGOING}/force_notify`, "Notify all peers now", "one", Ok),
  "outgoing.status": route("GET", `${OUTGOING}/status`, "Enabled or disabled", "one", OutgoingStatus),
  "own.outgoing.get": route(
    "GET",
    `${OWN_ZONE}/outgoing`,
    "Outgoing: serials, journal, each peer",
    "one",
    OutgoingDetails,
    { moving: ["serials", "journal", "peers"] },
  ),
  "own.outgoing.edit": route("PATCH", `${OWN_ZONE}/outgoing`, "Whether only TLS will do", "one", OutgoingDetails, {
    body: OutgoingEdit,
  }),
  "own.transfers": route("GET", `${OWN_ZONE}/transfers`, "Attempts to transfer, newest first", "list", Transfer, {
    query: TransfersQuery,
    lists: ["outcome", "direction", "kind"],
  }),
} as const satisfies Record<string, Route>;

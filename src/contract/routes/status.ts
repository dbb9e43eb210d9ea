/** State of a zone, held versions, freezing, events. */
import { Deleted } from "../common.ts";
import { FreezeState, HeldQuery, HeldRelease, HeldReleased, HeldVersion } from "../held.ts";
import { EventRow, EventsQuery, ZoneStatus } from "../status.ts";
import { OWN, OWN_ZONE, type Route, route } from "./route.ts";

export const statusRoutes = {
  "own.status": route("GET", OWN_ZONE, "Mode, serials, peers, what is held and why, DNSSEC details", "one", ZoneStatus),
  "own.held": route(
    "GET",
    `${OWN_ZONE}/held`,
    "The held version: why, and what is different in it",
    "one",
    HeldVersion,
    {
      query: HeldQuery,
    },
  ),
  "own.held.release": route(
    "POST",
    `${OWN_ZONE}/held/release`,
    "Serve it in spite of the reason",
    "one",
    HeldReleased,
    {
      body: HeldRelease,
    },
  ),
  "own.held.drop": route("DELETE", `${OWN_ZONE}/held`, "Throw the held version away", "one", Deleted),
  "own.freeze": route("POST", `${OWN_ZONE}/freeze`, "Fetch nothing until thawed", "one", FreezeState),
  "own.thaw": route("POST", `${OWN_ZONE}/thaw`, "Fetch again, at once", "one", FreezeState),
  "own.events": route(
    "GET",
    `${OWN}/events`,
    "Events, newest first; with Accept: text/event-stream, as they happen",
    "list",
    EventRow,
    { query: EventsQuery },
  ),
} as const satisfies Record<string, Route>;

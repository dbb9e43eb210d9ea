/** Zones. */
import { Deleted } from "../common.ts";
import { Zone, ZoneCreate, ZoneEdit, ZoneQuery } from "../zone.ts";
import { ZoneCounts, ZoneSummary, ZoneSummaryQuery } from "../zone-health.ts";
import { OWN, type Route, route, V4, ZONE } from "./route.ts";

export const zonesRoutes = {
  "zones.list": route("GET", `${V4}/zones`, "List zones", "page", Zone, {
    query: ZoneQuery,
    lists: ["status", "type"],
  }),
  "zones.create": route("POST", `${V4}/zones`, "Create a secondary zone", "one", Zone, { body: ZoneCreate }),
  "zones.get": route("GET", ZONE, "Zone", "one", Zone, {
    moving: ["status", "modified_on", "activated_on", "original_name_servers"],
  }),
  "zones.edit": route("PATCH", ZONE, "Edit a zone", "one", Zone, { body: ZoneEdit }),
  "zones.delete": route("DELETE", ZONE, "Delete a zone", "one", Deleted),
  "own.zones": route("GET", `${OWN}/zones`, "A light list of zones, problems first", "page", ZoneSummary, {
    query: ZoneSummaryQuery,
    lists: ["level", "mode"],
  }),
  "own.zoneCounts": route("GET", `${OWN}/zone_counts`, "How many zones of each kind", "one", ZoneCounts),
  "zones.activationCheck": route("PUT", `${ZONE}/activation_check`, "Look at the parent soon", "one", Deleted),
} as const satisfies Record<string, Route>;

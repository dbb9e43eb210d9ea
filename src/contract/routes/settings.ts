/** Settings of a zone. */
import { DnsSettings, DnsSettingsEdit, ZoneSettings, ZoneSettingsEdit } from "../settings.ts";
import { OWN_ZONE, type Route, route, ZONE } from "./route.ts";

export const settingsRoutes = {
  "dnsSettings.get": route("GET", `${ZONE}/dns_settings`, "DNS settings", "one", DnsSettings),
  "dnsSettings.edit": route("PATCH", `${ZONE}/dns_settings`, "Edit DNS settings", "one", DnsSettings, {
    body: DnsSettingsEdit,
  }),
  "own.settings.get": route("GET", `${OWN_ZONE}/settings`, "Countersign's settings of a zone", "one", ZoneSettings),
  "own.settings.edit": route("PATCH", `${OWN_ZONE}/settings`, "Edit them", "one", ZoneSettings, {
    body: ZoneSettingsEdit,
  }),
} as const satisfies Record<string, Route>;

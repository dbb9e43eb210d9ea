/** Settings of a zone. */
import { AccountDnsSettings, AccountDnsSettingsEdit, DnsSettings, DnsSettingsEdit } from "../dns-settings.ts";
import { ZoneSettings, ZoneSettingsEdit } from "../settings.ts";
import { ACCOUNT, OWN_ZONE, type Route, route, ZONE } from "./route.ts";

export const settingsRoutes = {
  "dnsSettings.get": route("GET", `${ZONE}/dns_settings`, "DNS settings", "one", DnsSettings, {
    moving: ["soa", "ns_ttl"],
  }),
  "dnsSettings.edit": route("PATCH", `${ZONE}/dns_settings`, "Edit DNS settings", "one", DnsSettings, {
    body: DnsSettingsEdit,
  }),
  "dnsSettings.account.get": route(
    "GET",
    `${ACCOUNT}/dns_settings`,
    "DNS settings of the account: defaults of new zones",
    "one",
    AccountDnsSettings,
  ),
  "dnsSettings.account.edit": route("PATCH", `${ACCOUNT}/dns_settings`, "Edit them", "one", AccountDnsSettings, {
    body: AccountDnsSettingsEdit,
  }),
  "own.settings.get": route("GET", `${OWN_ZONE}/settings`, "Countersign's settings of a zone", "one", ZoneSettings),
  "own.settings.edit": route("PATCH", `${OWN_ZONE}/settings`, "Edit them", "one", ZoneSettings, {
    body: ZoneSettingsEdit,
  }),
} as const satisfies Record<string, Route>;

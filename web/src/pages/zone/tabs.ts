/** A zone's tabs, in order. A page adds its line here and its route in app/routes.tsx. */
import type { LinkProps } from "@tanstack/react-router";
import { ZONE } from "../../texts/zone.ts";

/** `within`: pages that stand below it and have no tab of their own. */
export type ZoneTab = { readonly to: LinkProps["to"]; readonly label: string; readonly within?: readonly string[] };

export const ZONE_TABS: readonly ZoneTab[] = [
  { to: "/zones/$zoneId", label: ZONE.tabs.overview },
  { to: "/zones/$zoneId/records", label: ZONE.tabs.records },
  { to: "/zones/$zoneId/transfers", label: ZONE.tabs.transfers, within: ["/transfer-settings", "/held"] },
  { to: "/zones/$zoneId/settings", label: ZONE.tabs.settings },
  { to: "/zones/$zoneId/keys", label: ZONE.tabs.keys },
  { to: "/zones/$zoneId/ds", label: ZONE.tabs.ds },
  { to: "/zones/$zoneId/multi-signer", label: ZONE.tabs.multiSigner },
  { to: "/zones/$zoneId/chain", label: ZONE.tabs.chain },
  { to: "/zones/$zoneId/explain", label: ZONE.tabs.explain },
  { to: "/zones/$zoneId/analytics", label: ZONE.tabs.analytics },
  { to: "/zones/$zoneId/audit", label: ZONE.tabs.audit },
];

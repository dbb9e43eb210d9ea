/** A zone's tabs, in order. A page adds its line here and its route in app/routes.tsx. */
import type { LinkProps } from "@tanstack/react-router";
import { ZONE } from "../../texts/zone.ts";

export type ZoneTab = { readonly to: LinkProps["to"]; readonly label: string };

export const ZONE_TABS: readonly ZoneTab[] = [{ to: "/zones/$zoneId", label: ZONE.tabs.overview }];

/** What stands in the navigation, in order. A page adds its line here and its route in routes.tsx. */
import type { LinkProps } from "@tanstack/react-router";
import type { IconName } from "../parts/Icon.tsx";
import { ACCOUNT_SETTINGS, ACTIVITY, AUDIT } from "../texts/audit.ts";
import { SHELL } from "../texts/shell.ts";

export type NavigationEntry = { readonly to: LinkProps["to"]; readonly label: string; readonly icon: IconName };
export type NavigationGroup = { readonly label: string | undefined; readonly entries: readonly NavigationEntry[] };

export const NAVIGATION: readonly NavigationGroup[] = [
  {
    label: undefined,
    entries: [
      { to: "/zones", label: SHELL.zones, icon: "globe" },
      { to: "/activity", label: ACTIVITY.title, icon: "clock" },
    ],
  },
  {
    label: SHELL.account,
    entries: [
      { to: "/account/peers", label: SHELL.peers, icon: "server" },
      { to: "/account/tsigs", label: SHELL.tsigs, icon: "key" },
      { to: "/account/acls", label: SHELL.acls, icon: "list" },
      { to: "/account/catalogs", label: SHELL.catalogs, icon: "stack" },
      { to: "/account/notifications", label: SHELL.notifications, icon: "bell" },
      { to: "/account/tokens", label: SHELL.tokens, icon: "shield" },
      { to: "/account/users", label: SHELL.users, icon: "people" },
      { to: "/account/dns-settings", label: ACCOUNT_SETTINGS.title, icon: "gear" },
      { to: "/account/audit", label: AUDIT.title, icon: "list" },
    ],
  },
];

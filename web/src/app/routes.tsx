/**
 * Every page of the dashboard: its address and where its code is. To add one: a line in `routeTree` below, a line in
 * navigation.ts (account, activity) or pages/zone/tabs.ts (a zone's tabs), a folder under pages/. Each page is a script of its own.
 */
import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
  redirect,
} from "@tanstack/react-router";
import { Shell } from "./Shell.tsx";
import { NotFoundPage, TroublePage } from "./Trouble.tsx";

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });

const lazily = <M extends Record<string, unknown>, K extends keyof M & string>(load: () => Promise<M>, name: K) =>
  lazyRouteComponent(load as () => Promise<Record<K, RouteComponent>>, name);

const zoneFrame = createRoute({
  getParentRoute: () => root,
  path: "/zones/$zoneId",
  component: lazily(() => import("../pages/zone/ZoneFrame.tsx"), "ZoneFrame"),
});

/** `name`: what the page's file exports. */
function page<const P extends string, M extends Record<string, unknown>, K extends keyof M & string>(
  path: P,
  load: () => Promise<M>,
  name: K,
) {
  return createRoute({ getParentRoute: () => root, path, component: lazily(load, name) });
}

/** `path` within `/zones/$zoneId`; shown under the zone's header and tabs. */
function zonePage<const P extends string, M extends Record<string, unknown>, K extends keyof M & string>(
  path: P,
  load: () => Promise<M>,
  name: K,
) {
  return createRoute({ getParentRoute: () => zoneFrame, path, component: lazily(load, name) });
}

const toZones = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: () => {
    throw redirect({ to: "/zones", replace: true });
  },
});

const routeTree = root.addChildren([
  toZones,
  //--- Zones
  page("/zones", () => import("../pages/zones/ZonesPage.tsx"), "ZonesPage"),
  page("/onboard", () => import("../pages/onboard/OnboardPage.tsx"), "OnboardPage"),
  //--- One zone
  zoneFrame.addChildren([
    zonePage("/", () => import("../pages/overview/OverviewPage.tsx"), "OverviewPage"),
    zonePage("records", () => import("../pages/records/RecordsPage.tsx"), "RecordsPage"),
    zonePage("transfers", () => import("../pages/transfers/TransfersPage.tsx"), "TransfersPage"),
    zonePage(
      "transfer-settings",
      () => import("../pages/transfer-settings/TransferSettingsPage.tsx"),
      "TransferSettingsPage",
    ),
    zonePage("held", () => import("../pages/held/HeldPage.tsx"), "HeldPage"),
    zonePage("keys", () => import("../pages/keys/KeysPage.tsx"), "KeysPage"),
    zonePage("ds", () => import("../pages/ds/DsPage.tsx"), "DsPage"),
    zonePage("multi-signer", () => import("../pages/multi-signer/MultiSignerPage.tsx"), "MultiSignerPage"),
    zonePage("chain", () => import("../pages/chain/ChainPage.tsx"), "ChainPage"),
    zonePage("explain", () => import("../pages/explain/ExplainPage.tsx"), "ExplainPage"),
    zonePage("analytics", () => import("../pages/analytics/AnalyticsPage.tsx"), "AnalyticsPage"),
    zonePage("audit", () => import("../pages/audit/ZoneAuditPage.tsx"), "ZoneAuditPage"),
    zonePage("settings", () => import("../pages/settings/SettingsPage.tsx"), "SettingsPage"),
  ]),
  //--- Account
  page("/account/peers", () => import("../pages/peers/PeersPage.tsx"), "PeersPage"),
  page("/account/peers/$peerId", () => import("../pages/peers/PeerPage.tsx"), "PeerPage"),
  page("/account/catalogs", () => import("../pages/catalogs/CatalogsPage.tsx"), "CatalogsPage"),
  page("/account/catalogs/$catalogId", () => import("../pages/catalogs/CatalogPage.tsx"), "CatalogPage"),
  page("/account/tsigs", () => import("../pages/tsigs/TsigsPage.tsx"), "TsigsPage"),
  page("/account/acls", () => import("../pages/acls/AclsPage.tsx"), "AclsPage"),
  page("/account/notifications", () => import("../pages/notifications/NotificationsPage.tsx"), "NotificationsPage"),
  page("/account/tokens", () => import("../pages/tokens/TokensPage.tsx"), "TokensPage"),
  page("/account/users", () => import("../pages/users/UsersPage.tsx"), "UsersPage"),
  page("/account/me", () => import("../pages/me/MePage.tsx"), "MePage"),
  page("/activity", () => import("../pages/activity/ActivityPage.tsx"), "ActivityPage"),
  page("/account/audit", () => import("../pages/audit/AuditPage.tsx"), "AuditPage"),
  page(
    "/account/dns-settings",
    () => import("../pages/account-settings/AccountSettingsPage.tsx"),
    "AccountSettingsPage",
  ),
]);

export const router = createRouter({
  routeTree,
  defaultPreload: "intent",
  scrollRestoration: true,
  defaultErrorComponent: TroublePage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

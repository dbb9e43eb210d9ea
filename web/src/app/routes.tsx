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

const zoneFrame = createRoute({
  getParentRoute: () => root,
  path: "/zones/$zoneId",
  component: lazyRouteComponent(() => import("../pages/zone/ZoneFrame.tsx"), "ZoneFrame"),
});

const page = <const P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => root, path, component });

/** `path` within `/zones/$zoneId`; shown under the zone's header and tabs. */
const zonePage = <const P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => zoneFrame, path, component });

const routeTree = root.addChildren([
  createRoute({
    getParentRoute: () => root,
    path: "/",
    beforeLoad: () => {
      throw redirect({ to: "/zones", replace: true });
    },
  }),
  //--- Zones
  page(
    "/zones",
    lazyRouteComponent(() => import("../pages/zones/ZonesPage.tsx"), "ZonesPage"),
  ),
  //--- One zone
  zoneFrame.addChildren([
    zonePage(
      "/",
      lazyRouteComponent(() => import("../pages/overview/OverviewPage.tsx"), "OverviewPage"),
    ),
  ]),
  //--- Account
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

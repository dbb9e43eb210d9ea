/** What the provider offers and Countersign does not: each is refused with a code of its own, none with a false success. */
import { ACCOUNT, Anything, type Route, route, V4, ZONE } from "./route.ts";

const SUMMARY = "Refused: load balancing is not offered";
const OF_ZONE = `${ZONE}/load_balancers`;
const POOLS = `${ACCOUNT}/load_balancers/pools`;
const MONITORS = `${ACCOUNT}/load_balancers/monitors`;

const VIEWS = `${ACCOUNT}/dns_settings/views`;
const INTERNAL = "Refused: internal DNS is not offered";

const read = (path: string) => route("GET", path, SUMMARY, "one", Anything);
const write = (method: "POST" | "PUT" | "PATCH", path: string) =>
  route(method, path, SUMMARY, "one", Anything, { body: Anything });
const remove = (path: string) => route("DELETE", path, SUMMARY, "one", Anything);

export const refusedRoutes = {
  "loadBalancing.list": read(OF_ZONE),
  "loadBalancing.create": write("POST", OF_ZONE),
  "loadBalancing.get": read(`${OF_ZONE}/{loadBalancerId}`),
  "loadBalancing.update": write("PUT", `${OF_ZONE}/{loadBalancerId}`),
  "loadBalancing.edit": write("PATCH", `${OF_ZONE}/{loadBalancerId}`),
  "loadBalancing.delete": remove(`${OF_ZONE}/{loadBalancerId}`),
  "loadBalancing.pools.list": read(POOLS),
  "loadBalancing.pools.create": write("POST", POOLS),
  "loadBalancing.pools.get": read(`${POOLS}/{poolId}`),
  "loadBalancing.pools.update": write("PUT", `${POOLS}/{poolId}`),
  "loadBalancing.pools.edit": write("PATCH", `${POOLS}/{poolId}`),
  "loadBalancing.pools.delete": remove(`${POOLS}/{poolId}`),
  "loadBalancing.monitors.list": read(MONITORS),
  "loadBalancing.monitors.create": write("POST", MONITORS),
  "loadBalancing.monitors.get": read(`${MONITORS}/{monitorId}`),
  "loadBalancing.monitors.update": write("PUT", `${MONITORS}/{monitorId}`),
  "loadBalancing.monitors.edit": write("PATCH", `${MONITORS}/{monitorId}`),
  "loadBalancing.monitors.delete": remove(`${MONITORS}/{monitorId}`),
  "loadBalancing.regions.list": read(`${ACCOUNT}/load_balancers/regions`),
  "loadBalancing.search": read(`${ACCOUNT}/load_balancers/search`),
  "loadBalancing.user.pools": read(`${V4}/user/load_balancers/pools`),
  "dnsViews.list": route("GET", VIEWS, INTERNAL, "one", Anything),
  "dnsViews.create": route("POST", VIEWS, INTERNAL, "one", Anything, { body: Anything }),
  "dnsViews.get": route("GET", `${VIEWS}/{viewId}`, INTERNAL, "one", Anything),
  "dnsViews.edit": route("PATCH", `${VIEWS}/{viewId}`, INTERNAL, "one", Anything, { body: Anything }),
  "dnsViews.delete": route("DELETE", `${VIEWS}/{viewId}`, INTERNAL, "one", Anything),
} as const satisfies Record<string, Route>;

/** What the provider offers and Countersign does not: refused in a sentence. */
import { type Outcome, ROUTE_NAMES, type RouteName } from "#contract";
import type { HandlersOf } from "../call.ts";

type RefusedName = Extract<RouteName, `loadBalancing.${string}` | `dnsViews.${string}`>;

const refuse = (name: RefusedName) => async (): Promise<Outcome<never>> => {
  const code = name.startsWith("dnsViews") ? "settings.internal-dns" : "load-balancing.not-offered";
  return { ok: false, error: { code, about: name } };
};

const isRefused = (name: RouteName): name is RefusedName => /^(loadBalancing|dnsViews)\./.test(name);

/** All of these routes, and no others: the table has them by their first word. */
export const refusedHandlers = Object.fromEntries(
  ROUTE_NAMES.filter(isRefused).map((name) => [name, refuse(name)]),
) as unknown as HandlersOf<"loadBalancing" | "dnsViews">;

/** What of the product can be changed by the API, as it is now: for seeing that nobody changed what he may not. */
import { isDeepStrictEqual } from "node:util";
import type { Countersign } from "../peers/countersign.ts";

/** By path. */
export type State = ReadonlyMap<string, unknown>;

/** Change by themselves: times of checks, of uses, what a primary or the parent last said. */
const MOVING: ReadonlySet<string> = new Set([
  "soa_serial",
  "checked_time",
  "last_used_on",
  "last_transferred_time",
  "signed_in_on",
  "modified_on",
  "activated_on",
  "original_name_servers",
  "serials",
  "journal",
  "soa",
  "ns_ttl",
  "state",
  "applied_serial",
  "applied_time",
  "members",
  "fault",
]);

export async function readState(product: Countersign, accountId: string): Promise<State> {
  const state = new Map<string, unknown>();
  const keep = async (path: string): Promise<unknown> => {
    // What is not there is a state, too.
    const result = await product.call("GET", path).catch((error: unknown) => String(error).slice(0, 80));
    state.set(path, still(result));
    return result;
  };
  const account = `/client/v4/accounts/${accountId}`;
  const zones = (await keep("/client/v4/zones?per_page=1000&order=name")) as { id: string }[];
  for (const { id } of zones) {
    const zone = `/client/v4/zones/${id}`;
    for (const part of ["", "/dnssec", "/dns_settings", "/secondary_dns/incoming", "/secondary_dns/outgoing"])
      await keep(`${zone}${part}`);
    for (const part of ["/settings", "/outgoing"]) await keep(`/countersign/v1/zones/${id}${part}`);
  }
  const peers = (await keep(`${account}/secondary_dns/peers`)) as { id: string }[];
  for (const { id } of peers) await keep(`/countersign/v1/peers/${id}/transport`);
  await keep(`${account}/secondary_dns/tsigs`);
  await keep(`${account}/secondary_dns/acls`);
  await keep(`${account}/dns_settings`);
  await keep(`${account}/tokens?include_expired=true`);
  await keep("/client/v4/user/tokens?include_expired=true");
  for (const path of ["users", "catalogs", "alerts", "alerts/destinations"]) await keep(`/countersign/v1/${path}`);
  return state;
}

function still(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(still);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      // A zone's status is whether the parent delegates here; others are set.
      .filter(([key]) => !MOVING.has(key) && !(key === "status" && "name_servers" in value))
      .map(([key, inner]) => [key, still(inner)]),
  );
}

/** Paths of what is another. */
export function changesBetween(before: State, after: State): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => !isDeepStrictEqual(before.get(path), after.get(path)));
}

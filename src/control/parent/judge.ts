/** From what several nameservers of the parent say to one view. */
import type { Digests } from "#dnssec";
import { type ParentView, viewParent } from "#keyplan";
import { type Name, nameEquals } from "#name";
import type { ParentSaying } from "./ask-parent.ts";

export type ParentKeys = {
  /** DNSKEY RDATAs that the status is about. */
  readonly ours: readonly Uint8Array[];
  /** Other keys that the zone publishes. */
  readonly foreign: readonly Uint8Array[];
};

/**
 * `ours` only when every server that answered has one of ours, and anything else only when none has: in between, while the
 * parent's servers take over a change, the view is undefined and nothing moves.
 */
export function judgeSayings(
  zone: Name,
  sayings: readonly ParentSaying[],
  keys: ParentKeys,
  digests: Digests,
): ParentView | undefined {
  const views = sayings.map((saying) => viewParent(zone, saying.ds, keys.ours, keys.foreign, digests));
  if (views.length === 0) return undefined;
  const ours = views.filter((view) => view === "ours").length;
  if (ours === views.length) return "ours";
  if (ours > 0) return undefined;
  if (views.every((view) => view === views[0])) return views[0];
  return views.includes("foreign") ? "foreign" : "none";
}

/** Whether the parent delegates to one of `nameServers`; undefined when no server said. */
export function isDelegatedTo(sayings: readonly ParentSaying[], nameServers: readonly Name[]): boolean | undefined {
  const said = sayings.filter((saying) => saying.delegatedTo !== undefined);
  if (said.length === 0) return undefined;
  return said.some((saying) => saying.delegatedTo!.some((name) => nameServers.some((ours) => nameEquals(ours, name))));
}

/**
 * The DNSSEC status of a zone: what the operator asked for and what the parent was seen to publish. Pure.
 *
 *                 enable                    DS of ours seen
 *     deleted ───────────────▶ pending ◀───────────────────▶ active
 *        ▲                     │    ▲        DS gone           │ ▲
 *        │ delete      disable │    │ enable           disable │ │ enable
 *        │                     ▼    │                          ▼ │
 *        └──────────────── disabled ◀───────────────── pending-disabled
 *                                        DS gone
 *
 *   disabled ─ DS of ours seen ▶ pending-disabled
 *   beside it, never inside it: what the parent was last seen to publish. A DS RRset of which nothing matches a key that
 *   the zone publishes makes resolvers refuse the zone: that is shown as `error` while the zone is pending or active.
 */
import { fail, ok, type Result } from "#bytes";

export type Phase = "deleted" | "pending" | "active" | "pending-disabled" | "disabled";

/**
 * `ours`: at least one DS matches a KSK that this zone's status is about. `foreign`: none does, but one matches another
 * key that the zone publishes (the other signer's). `mismatch`: there is a DS RRset and nothing in it matches.
 */
export type ParentView = "none" | "ours" | "foreign" | "mismatch";

export type DnssecStatus = {
  readonly phase: Phase;
  /** Unix seconds of the last change of phase by anybody; undefined when DNSSEC was never enabled or was deleted. */
  readonly modifiedAt: number | undefined;
  /** What the parent was last seen to publish; undefined before the first answer in this enabled time. */
  readonly parent: ParentView | undefined;
  /** Unix seconds of that observation. */
  readonly parentAt: number | undefined;
};

export const DELETED: DnssecStatus = {
  phase: "deleted",
  modifiedAt: undefined,
  parent: undefined,
  parentAt: undefined,
};

export type StatusEvent =
  | { readonly kind: "enable" }
  | { readonly kind: "disable" }
  | { readonly kind: "delete" }
  | { readonly kind: "parent"; readonly view: ParentView };

export type StatusRefusal = "delete-while-enabled" | "delete-while-ds-at-parent";

/** The state after `event`, or why the event is refused (then nothing changed). `now` is Unix seconds. */
export function stepStatus(status: DnssecStatus, event: StatusEvent, now: number): Result<DnssecStatus, StatusRefusal> {
  switch (event.kind) {
    case "enable":
      return ok(enable(status, now));
    case "disable":
      return ok(disable(status, now));
    case "delete":
      return remove(status);
    case "parent":
      return ok(observe(status, event.view, now));
  }
}

/** The five names of the API; `disabled` is also what a deleted zone shows, told apart by `modified_on: null`. */
export type ShownStatus = "active" | "pending" | "disabled" | "pending-disabled" | "error";

export function shownStatus(status: DnssecStatus): ShownStatus {
  if (status.phase === "deleted") return "disabled";
  if (status.parent === "mismatch" && (status.phase === "pending" || status.phase === "active")) return "error";
  return status.phase;
}

function enable(status: DnssecStatus, now: number): DnssecStatus {
  switch (status.phase) {
    case "deleted":
      return { phase: "pending", modifiedAt: now, parent: undefined, parentAt: undefined };
    case "disabled":
      return moved(status, "pending", now);
    case "pending-disabled":
      return moved(status, "active", now);
    default:
      return status;
  }
}

function disable(status: DnssecStatus, now: number): DnssecStatus {
  switch (status.phase) {
    case "pending":
      // Our DS may have come up since the last look: then the next observation moves it on to pending-disabled.
      return moved(status, "disabled", now);
    case "active":
      return moved(status, "pending-disabled", now);
    default:
      return status;
  }
}

function remove(status: DnssecStatus): Result<DnssecStatus, StatusRefusal> {
  if (status.phase === "pending" || status.phase === "active") return fail("delete-while-enabled");
  const dsAtParent = status.parent === "ours" || status.parent === "foreign";
  if (status.phase === "pending-disabled" || (status.phase === "disabled" && dsAtParent))
    return fail("delete-while-ds-at-parent");
  return ok(DELETED);
}

function observe(status: DnssecStatus, view: ParentView, now: number): DnssecStatus {
  if (status.phase === "deleted") return status;
  const seen: DnssecStatus = { ...status, parent: view, parentAt: now };
  const ours = view === "ours";
  if (status.phase === "pending" && ours) return moved(seen, "active", now);
  // A mismatch stays where it is: the DS was replaced, and `error` says so until it is put right.
  if (status.phase === "active" && (view === "none" || view === "foreign")) return moved(seen, "pending", now);
  if (status.phase === "pending-disabled" && !ours) return moved(seen, "disabled", now);
  if (status.phase === "disabled" && ours) return moved(seen, "pending-disabled", now);
  return seen;
}

function moved(status: DnssecStatus, phase: Phase, now: number): DnssecStatus {
  return { ...status, phase, modifiedAt: now };
}

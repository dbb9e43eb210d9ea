/** One `PATCH dnssec`: switches and status together, checked as a whole before anything changes. */
import { fail, ok, type Result } from "#bytes";
import { checkFlags, type DnssecFlags, type FlagsRefusal, signingMode } from "./mode.ts";
import { DELETED, type DnssecStatus, type StatusRefusal, stepStatus } from "./status.ts";

export type DnssecPatch = {
  readonly status?: "active" | "disabled";
  readonly presigned?: boolean;
  readonly multiSigner?: boolean;
  readonly useNsec3?: boolean;
  readonly nsecDenial?: "compact" | "chain";
};

export type DnssecPlan = {
  readonly status: DnssecStatus;
  readonly flags: DnssecFlags;
  /** Keys of our own are needed and there are none yet. */
  readonly makeKeys: boolean;
};

export type PatchContext = {
  readonly status: DnssecStatus;
  readonly flags: DnssecFlags;
  readonly hasKeys: boolean;
  readonly secondaryOverrides: boolean;
};

/**
 * The provider's pages send `dnssec_presigned: true` alone and mean "enable": so it enables. Switched off again without a
 * `status`, a zone that never had keys of its own goes back to unsigned instead of being signed with keys nobody asked
 * for. `now` is Unix seconds.
 */
export function applyPatch(
  current: PatchContext,
  patch: DnssecPatch,
  now: number,
): Result<DnssecPlan, FlagsRefusal | StatusRefusal> {
  const flags: DnssecFlags = {
    presigned: patch.presigned ?? current.flags.presigned,
    multiSigner: patch.multiSigner ?? current.flags.multiSigner,
    useNsec3: patch.useNsec3 ?? current.flags.useNsec3,
    nsecDenial: patch.nsecDenial ?? current.flags.nsecDenial,
  };
  const checked = checkFlags(flags, current.secondaryOverrides);
  if (!checked.ok) return checked;

  let status = current.status;
  const wanted = patch.status ?? (patch.presigned && status.phase === "deleted" ? "active" : undefined);
  if (wanted) {
    const stepped = stepStatus(status, { kind: wanted === "active" ? "enable" : "disable" }, now);
    if (!stepped.ok) return fail(stepped.error);
    status = stepped.value;
  }
  const leavesPresigned = current.flags.presigned && !flags.presigned;
  if (leavesPresigned && !current.hasKeys && patch.status !== "active") status = DELETED;
  if (flags.presigned !== current.flags.presigned) status = forgetParent(status, now);

  const mode = signingMode(status.phase, flags);
  const makeKeys = !current.hasKeys && (patch.status === "active" || mode === "live" || mode === "multisigner");
  return ok({ status, flags, makeKeys });
}

/** The DS that the status waits for is another one now (ours instead of the primary's, or the reverse): look again. */
function forgetParent(status: DnssecStatus, now: number): DnssecStatus {
  if (status.phase === "deleted") return status;
  const phase = status.phase === "active" ? "pending" : status.phase;
  // A DS that was there is there still, for keys that are not in question any more: DELETE must not take it for gone.
  const seenDs = status.parent === "ours" || status.parent === "foreign";
  return {
    phase,
    modifiedAt: phase === status.phase ? status.modifiedAt : now,
    parent: seenDs ? "foreign" : undefined,
    parentAt: undefined,
  };
}

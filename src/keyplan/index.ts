/** What a zone's keys have to do: DNSSEC status, modes, the apex RRsets of keys, dates. All pure. The door of the room. */

export {
  APEX_KEY_TTL,
  type ApexInput,
  type ApexPlan,
  DELETE_CDNSKEY,
  DELETE_CDS,
  foreignExcess,
  MAX_FOREIGN_KEYS,
  MAX_FOREIGN_OCTETS,
  NO_TRANSFERRED_KEYS,
  planApex,
  type TransferredKeys,
} from "./apex.ts";
export { dsRdata, isEntryPoint, viewParent } from "./ds.ts";
export {
  checkFlags,
  checkPresigned,
  type Denial,
  type DnssecFlags,
  denialOf,
  type FlagsRefusal,
  NO_FLAGS,
  type PresignedRefusal,
  type SigningMode,
  signingMode,
  type TransferredDnssec,
} from "./mode.ts";
export {
  type JoinCode,
  type LeaveCode,
  type MultiSignerFacts,
  type PlannedStep,
  type PlannedWait,
  planJoining,
  planLeaving,
  type Seen,
  type Sight,
  type SightName,
  type SightSince,
  type StepState,
  seenAll,
  seenBy,
  seenNot,
  stepSince,
} from "./multi-signer.ts";
export { applyPatch, type DnssecPatch, type DnssecPlan, type PatchContext } from "./patch.ts";
export { nextParentPoll, POLL_LIMITS, type PollLimits } from "./poll.ts";
export { type KeyAge, OVERDUE_SPREAD_SECONDS, rollDueAt } from "./roll-due.ts";
export {
  beginRoll,
  mayCancel,
  PARENT_MARGIN_SECONDS,
  type ParentSight,
  type Roll,
  type RollAct,
  type RollEvent,
  type Rolled,
  type RollKind,
  type RollSight,
  type RollStep,
  rollWaitsUntil,
  SILENT_SECONDS,
  type Spread,
  stepRoll,
} from "./rollover.ts";
export { entryPoints, type ShownKey, showKey } from "./show.ts";
export {
  DELETED,
  type DnssecStatus,
  type ParentView,
  type Phase,
  type ShownStatus,
  type StatusEvent,
  type StatusRefusal,
  shownStatus,
  stepStatus,
} from "./status.ts";
export { heldSeconds, NO_PAST_TTL, type PastTtl, rememberTtl } from "./ttl-memory.ts";
export {
  KSK_LIFETIME_SECONDS,
  KSK_PERIOD_SECONDS,
  kskWindow,
  nextKskSigning,
  type SignatureWindow,
} from "./windows.ts";

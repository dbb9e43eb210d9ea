/** What an operator is told and led through, whether by the command line or by the dashboard: the door of the room. */

export { type DsSight, judgeDsSight, type ParentSeen } from "./ds-sight.ts";
export {
  currentMode,
  type Denial,
  MODE_REFUSALS,
  type Mode,
  type ModeFacts,
  type ModePlan,
  type ModeRefusal,
  type ModeStep,
  type ModeWish,
  planMode,
} from "./mode-plan.ts";
export {
  type ModeAnswers,
  type ModeCaution,
  type ModeProposal,
  proposeMode,
  type SeenRecords,
} from "./mode-proposal.ts";
export {
  PLACEHOLDER,
  PRIMARY_PROGRAMS,
  type PrimaryProgram,
  type PrimarySetup,
  primaryLines,
  printPrimaryLines,
  type TsigLines,
} from "./primary-lines.ts";

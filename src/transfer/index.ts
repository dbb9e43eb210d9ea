/** Zone transfers in: queries, answers, the interpreters of AXFR and IXFR, NOTIFY and the refresh machine. No I/O. The door of the room. */

export { type AddressRange, inRange, plainAddress, sameAddress } from "./address.ts";
export {
  type AxfrCode,
  AxfrInterpreter,
  type AxfrOutcome,
  type AxfrRefusal,
  type AxfrSettings,
  type AxfrWarning,
} from "./axfr.ts";
export { openInterpreter, type TransferInterpreter, type TransferSettings } from "./interpreter.ts";
export {
  type IxfrCode,
  IxfrInterpreter,
  type IxfrOutcome,
  type IxfrRefusal,
  type IxfrSettings,
  MAX_CHANGES,
} from "./ixfr.ts";
export {
  acceptNotify,
  type Notify,
  type NotifyContext,
  type NotifyDecision,
  type NotifyPeer,
  type NotifyRefusalCode,
  type NotifyZone,
  readNotify,
} from "./notify.ts";
export { buildAxfrQuery, buildIxfrQuery, buildSoaQuery } from "./query.ts";
export { initialRefreshState, type RefreshStep, type Refused, type Stored, stepRefresh } from "./refresh.ts";
export type {
  Cause,
  PeerFailure,
  PeerId,
  PeerStanding,
  PeerVerdict,
  PeerView,
  RefreshEffect,
  RefreshEvent,
  RefreshPhase,
  RefreshReport,
  RefreshSettings,
  RefreshState,
  SoaOutcome,
  SoaTimers,
  Transport,
} from "./refresh-state.ts";
export { expiresAt } from "./refresh-timing.ts";
export { type Asked, checkResponse, type ResponseProblem, type ResponseProblemCode } from "./response.ts";
export { readSoaAnswer, type SoaAnswer } from "./soa-answer.ts";

/** Zone transfers in: queries, answers, the interpreters of AXFR and IXFR, NOTIFY and the refresh machine; and out: who may, messages, NOTIFY. No I/O. The door of the room. */

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
export {
  type AccessRefusal,
  type AccessVerdict,
  type AsksAs,
  judgeAccess,
  type OutgoingAccess,
  type OutgoingPeer,
  type Requester,
} from "./out/access.ts";
export { setTruncated, TRANSFER_MESSAGE_OCTETS, TransferMessages, type TransferSigning } from "./out/messages.ts";
export {
  buildNotify,
  NOTIFY_ATTEMPTS,
  type NotifyAnswer,
  notifyPauseSeconds,
  notifyTransport,
  readNotifyAnswer,
} from "./out/notify-out.ts";
export { BatchSource, changeSource, type RecordSource, singleSource } from "./out/record-source.ts";
export { RecordWriter } from "./out/record-writer.ts";
export { readTransferRequest, type TransferRequest, type TransferRequestError } from "./out/request.ts";
export { nextServedSerial } from "./out/served-serial.ts";
export { buildAxfrQuery, buildIxfrQuery, buildSoaQuery } from "./query.ts";
export { type RefreshStep, stepRefresh } from "./refresh.ts";
export { initialRefreshState, type Refused, type Stored } from "./refresh-begin.ts";
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

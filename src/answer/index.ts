/** Query octets in, reply octets out, over zone images. The door of the room. */
export { Answerer } from "./answer.ts";
export {
  type AnswerSettings,
  type CookieSettings,
  DEFAULT_UDP_PAYLOAD,
  DROP,
  FORWARD,
  type QueryContext,
} from "./settings.ts";
export {
  periodAt,
  periodExpiration,
  periodInception,
  periodPhase,
  SIGNING_PERIOD,
  type SigningPeriod,
} from "./signing.ts";
export type { SignatureOrigin, Trace, TraceStep } from "./trace.ts";
export type { ApexRRset, LiveSigner, ServedZone, ZoneEntry, ZoneSigning } from "./zone-entry.ts";
export { type RecordSource, ZoneTable } from "./zone-table.ts";

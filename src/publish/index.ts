/** The seam between control and edge: publications one way, acknowledgements and forwarded messages the other. The door of the room. */

export type { Explained, ExplainedStep, ExplainedZone, ExplainTransport } from "./explained.ts";
export {
  type EdgeSettings,
  type ExpiryPlace,
  type ForwardOrigin,
  type ForwardTls,
  NEVER_EXPIRES,
  type Publication,
  type PublishedRRset,
  type PublishedSigning,
  type PublishedZsk,
  type SignaturePeriod,
} from "./publication.ts";
export {
  MAX_FORWARDED,
  type PublicationHandlers,
  PublicationReceiver,
  type RecordHandlers,
  type RoomReport,
} from "./receiver.ts";
export { packRRsets, unpackRRsets } from "./record.ts";
export type { RecordShelf } from "./records.ts";
export {
  type EdgeLink,
  type ForwardedMessage,
  PublicationSender,
  type PublicationSenderOptions,
} from "./sender.ts";

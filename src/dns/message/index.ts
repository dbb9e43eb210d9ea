/** DNS messages: constants, defensive parser, walker without objects, writer with compression, EDNS. The door of the room. */

export {
  EdnsFlag,
  EdnsOption,
  ExtendedError,
  Flag,
  HEADER_LENGTH,
  MAX_MESSAGE,
  OPCODE_MASK,
  OPCODE_SHIFT,
  Opcode,
  RCODE_MASK,
  Rcode,
  rcodeName,
} from "./constants.ts";
export { RecordCursor, Section, type SectionNumber } from "./cursor.ts";
export {
  type Edns,
  type EdnsOptionValue,
  extendedErrorOption,
  extendedErrors,
  findOption,
  optLength,
  parseEdnsOptions,
  writeOpt,
} from "./edns.ts";
export { type Message, type MessageError, MessageRecord, parseMessage, type Question } from "./parse.ts";
export { buildQuery, type QueryParts, queryEdns, replyEdns } from "./query.ts";
export {
  type MessageParts,
  MessageWriter,
  type ResourceRecord,
  type WriteOptions,
  type WrittenMessage,
  writeMessage,
} from "./write.ts";

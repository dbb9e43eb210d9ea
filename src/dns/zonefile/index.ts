/** Master files: text to records and back. The door of the room. */

export { type LexError, MAX_TOKENS, splitTokens } from "./lexer.ts";
export { printRecord, printZone } from "./print.ts";
export {
  DEFAULT_MAX_RECORDS,
  eachZoneRecord,
  MAX_GENERATED,
  MAX_INCLUDE_DEPTH,
  MAX_INCLUDES,
  readZoneFile,
  type ZoneFileError,
  type ZoneFileOptions,
  type ZoneFileReason,
  type ZoneFileRecord,
} from "./read.ts";

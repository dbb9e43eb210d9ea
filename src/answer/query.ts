/**
 * First step: a query's octets into one reused record. Nothing is allocated, nothing throws, and every outcome of bad
 * octets is a number.
 *
 * ```
 * header 12 octets ─▶ question ─▶ records of answer and authority (walked over) ─▶ additional: OPT, TSIG ─▶ the end, exactly
 *   QR=1, short: Drop    QDCOUNT 1        well-formed ones are tolerated, as Knot does        else FormErr
 * ```
 */
import { EdnsOption, Opcode } from "#message";
import { RRType } from "#rdata";
import { NameView } from "./name-view.ts";

export const ParseOutcome = {
  Query: 0,
  /** Not a query, or shorter than a header. */
  Drop: 1,
  /** For the control side: NOTIFY. */
  Forward: 2,
  FormErr: 3,
  NotImp: 4,
  /** No question and a COOKIE option: a request for a cookie (RFC 7873 section 5.4). */
  CookieOnly: 5,
} as const;
export type ParseOutcome = (typeof ParseOutcome)[keyof typeof ParseOutcome];

const HEADER = 12;
/** Name (one octet at least), type, class, TTL, RDLENGTH. */
const MIN_RECORD = 11;

export class Query {
  octets: Uint8Array = new Uint8Array(HEADER);
  length = 0;
  opcode = 0;
  /** The third octet of the header: QR, opcode, AA, TC, RD. */
  flags = 0;
  /** Valid when `hasQuestion`. */
  readonly name = new NameView();
  hasQuestion = false;
  /** Just behind the question; 12 when there is none. */
  questionEnd = HEADER;
  type = 0;
  class = 0;
  edns = false;
  version = 0;
  /** The questioner's UDP payload size as sent. */
  payload = 0;
  dnssecOk = false;
  /** Compact Answers OK (RFC 9824 section 5.1). */
  compactOk = false;
  wantsNsid = false;
  wantsKeepalive = false;
  /** RFC 7314. */
  wantsExpire = false;
  /** Offset of the COOKIE option's data, or 0. */
  cookieAt = 0;
  cookieLength = 0;
  tsig = false;

  reset(octets: Uint8Array, length: number): void {
    this.octets = octets;
    this.length = length;
    this.hasQuestion = false;
    this.questionEnd = HEADER;
    this.edns = false;
    this.version = 0;
    this.payload = 0;
    this.dnssecOk = false;
    this.compactOk = false;
    this.wantsNsid = false;
    this.wantsKeepalive = false;
    this.wantsExpire = false;
    this.cookieAt = 0;
    this.cookieLength = 0;
    this.tsig = false;
  }

  /**
   * Of a message that did not parse: that it had an OPT record is answered with one (RFC 6891 section 6.1.1, and section 7 where
   * the fault is in the options), but what was in it, half read, is not gone into.
   */
  forgetOptions(): void {
    this.cookieAt = 0;
    this.wantsNsid = false;
    this.wantsKeepalive = false;
    this.wantsExpire = false;
  }
}

/** Octets `[0..length)` of `octets` into `query`. */
export function parseQuery(query: Query, octets: Uint8Array, length: number): ParseOutcome {
  query.reset(octets, length);
  if (length < HEADER) return ParseOutcome.Drop;
  query.flags = octets[2]!;
  if (query.flags & 0x80) return ParseOutcome.Drop;
  query.opcode = (query.flags >> 3) & 15;
  if (query.opcode === Opcode.Notify) return ParseOutcome.Forward;
  const questions = u16(octets, 4);
  const parsed = questions === 1 && parseQuestion(query);
  if (query.opcode !== Opcode.Query) {
    // OPT is answered with OPT (RFC 6891 section 6.1.1) where the message looks like one of DNS; nothing else of it counts.
    if ((!parsed && questions > 0) || !parseRecords(query)) query.edns = false;
    query.tsig = false;
    return ParseOutcome.NotImp;
  }
  if (!parsed && questions > 0) return ParseOutcome.FormErr;
  if (!parseRecords(query)) return ParseOutcome.FormErr;
  if (questions === 0) return query.cookieAt > 0 ? ParseOutcome.CookieOnly : ParseOutcome.FormErr;
  return ParseOutcome.Query;
}

function parseQuestion(query: Query): boolean {
  const { octets, name } = query;
  if (!name.parse(octets, HEADER, query.length)) return false;
  const at = HEADER + name.length;
  if (at + 4 > query.length) return false;
  query.type = u16(octets, at);
  query.class = u16(octets, at + 2);
  query.questionEnd = at + 4;
  query.hasQuestion = true;
  return true;
}

function parseRecords(query: Query): boolean {
  const { octets, length } = query;
  const before = u16(octets, 6) + u16(octets, 8);
  const additional = u16(octets, 10);
  let at = query.questionEnd;
  // The loop is bounded by the message: each record takes at least MIN_RECORD octets of it.
  for (let left = before + additional; left > 0; left--) {
    if (at + MIN_RECORD > length) return false;
    const owner = at;
    at = skipOwner(octets, at, length);
    if (at < 0 || at + 10 > length) return false;
    const type = u16(octets, at);
    const dataAt = at + 10;
    at = dataAt + u16(octets, at + 8);
    if (at > length || query.tsig) return false;
    if (type === RRType.OPT) {
      if (left > additional || query.edns || octets[owner] !== 0) return false;
      if (!parseOpt(query, dataAt, at)) return false;
    } else if (type === RRType.TSIG) {
      // RFC 8945 section 5.1: the last record of the message, or the message is malformed.
      if (left > additional) return false;
      query.tsig = true;
    }
  }
  return at === length;
}

/** RFC 6891 section 6.1.2 and 6.1.3: the class is the payload size; the TTL is extended RCODE, version, DO, CO and zeros. */
function parseOpt(query: Query, dataAt: number, end: number): boolean {
  const { octets } = query;
  query.edns = true;
  query.payload = u16(octets, dataAt - 8);
  query.version = octets[dataAt - 5]!;
  query.dnssecOk = (octets[dataAt - 4]! & 0x80) !== 0;
  query.compactOk = (octets[dataAt - 4]! & 0x40) !== 0;
  // Bounded by the RDATA: each option takes at least 4 octets.
  for (let at = dataAt; at < end; ) {
    if (at + 4 > end) return false;
    const code = u16(octets, at);
    const size = u16(octets, at + 2);
    const data = at + 4;
    at = data + size;
    if (at > end) return false;
    if (code === EdnsOption.Nsid) query.wantsNsid = true;
    else if (code === EdnsOption.TcpKeepalive) query.wantsKeepalive = true;
    else if (code === EdnsOption.Expire) query.wantsExpire = true;
    else if (code === EdnsOption.Cookie && query.cookieAt === 0) {
      query.cookieAt = data;
      query.cookieLength = size;
    }
  }
  return true;
}

/** Just behind the name at `at`, pointers not followed; -1 when it is malformed. */
function skipOwner(octets: Uint8Array, at: number, end: number): number {
  for (let p = at; p < end && p - at < 255; ) {
    const size = octets[p]!;
    if (size === 0) return p + 1;
    if (size >= 0xc0) return p + 2;
    if (size > 63) return -1;
    p += size + 1;
  }
  return -1;
}

function u16(octets: Uint8Array, at: number): number {
  return (octets[at]! << 8) | octets[at + 1]!;
}

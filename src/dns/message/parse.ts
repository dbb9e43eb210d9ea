/** A whole message taken apart, with suspicion: for clients, transfers, NOTIFY and tests. (`#answer` reads queries itself.) */
import { fail, ok, type Result } from "#bytes";
import { type Name, parseName } from "#name";
import { parseRdata, RRType } from "#rdata";
import { HEADER_LENGTH, OPCODE_MASK, OPCODE_SHIFT, RCODE_MASK } from "./constants.ts";
import { RecordCursor, Section } from "./cursor.ts";
import { type Edns, parseEdnsOptions } from "./edns.ts";

export type MessageError =
  | "short-header"
  | "malformed-question"
  | "malformed-record"
  | "misplaced-opt"
  | "malformed-opt"
  | "misplaced-tsig"
  | "trailing-octets";

export type Question = { readonly name: Name; readonly type: number; readonly class: number };

export type Message = {
  /** The octets it was made of. */
  readonly octets: Uint8Array;
  readonly id: number;
  /** The header's second word as it stands, with opcode and rcode in it: see `Flag`. */
  readonly flags: number;
  readonly opcode: number;
  /** With the upper bits from the OPT record when there is one. */
  readonly rcode: number;
  readonly question: readonly Question[];
  readonly answer: readonly MessageRecord[];
  readonly authority: readonly MessageRecord[];
  /** Without OPT and TSIG. */
  readonly additional: readonly MessageRecord[];
  readonly edns: Edns | undefined;
  /** The closing TSIG record; its `start` is where the signed part ends. */
  readonly tsig: MessageRecord | undefined;
};

/** One record where it stands in its message. */
export class MessageRecord {
  readonly owner: Name;
  readonly type: number;
  readonly class: number;
  readonly ttl: number;
  /** Offsets in the message: of the owner name, and of the RDATA. */
  readonly start: number;
  readonly rdataAt: number;
  readonly rdataLength: number;
  private readonly message: Uint8Array;

  constructor(records: RecordCursor) {
    this.owner = records.owner.slice(0, records.ownerLength);
    this.type = records.type;
    this.class = records.class;
    this.ttl = records.ttl;
    this.start = records.start;
    this.rdataAt = records.rdataAt;
    this.rdataLength = records.rdataLength;
    this.message = records.message;
  }

  /** Checked and decompressed when asked for; undefined when malformed. Empty RDATA (RFC 2136) is malformed for most types. */
  get rdata(): Uint8Array | undefined {
    return parseRdata(this.type, this.message, this.rdataAt, this.rdataLength);
  }
}

/** `octets` must not change afterwards: names and RDATA are read from it later. */
export function parseMessage(octets: Uint8Array): Result<Message, MessageError> {
  if (octets.length < HEADER_LENGTH) return fail("short-header");
  const question = parseQuestions(octets);
  if (!question) return fail("malformed-question");
  const sections: [MessageRecord[], MessageRecord[], MessageRecord[]] = [[], [], []];
  let opt: MessageRecord | undefined;
  let tsig: MessageRecord | undefined;
  const records = new RecordCursor(octets);
  // At most as many turns as the message has room for records of 11 octets.
  while (records.next()) {
    // TSIG is the last record (RFC 8945 section 5.1).
    if (tsig) return fail("misplaced-tsig");
    const record = new MessageRecord(records);
    if (record.type === RRType.OPT) {
      // One, in the additional section, owned by the root (RFC 6891 section 6.1.1).
      if (opt || records.section !== Section.Additional || record.owner.length !== 1) return fail("misplaced-opt");
      opt = record;
    } else if (record.type === RRType.TSIG) {
      if (records.section !== Section.Additional) return fail("misplaced-tsig");
      tsig = record;
    } else {
      sections[records.section - 1]!.push(record);
    }
  }
  if (records.failed) return fail("malformed-record");
  if (!records.finished) return fail("trailing-octets");
  const edns = opt && parseEdns(octets, opt);
  if (opt && !edns) return fail("malformed-opt");
  const flags = (octets[2]! << 8) | octets[3]!;
  const [answer, authority, additional] = sections;
  return ok({
    octets,
    id: (octets[0]! << 8) | octets[1]!,
    flags,
    opcode: (flags & OPCODE_MASK) >> OPCODE_SHIFT,
    rcode: (flags & RCODE_MASK) | (opt ? (opt.ttl >>> 24) << 4 : 0),
    question,
    answer,
    authority,
    additional,
    edns,
    tsig,
  });
}

function parseQuestions(octets: Uint8Array): Question[] | undefined {
  const questions: Question[] = [];
  let at = HEADER_LENGTH;
  // At most as many turns as the message has room for questions of 5 octets.
  for (let left = (octets[4]! << 8) | octets[5]!; left > 0; left--) {
    const parsed = parseName(octets, at);
    if (!parsed || parsed.next + 4 > octets.length) return undefined;
    const word = (offset: number) => (octets[parsed.next + offset]! << 8) | octets[parsed.next + offset + 1]!;
    questions.push({ name: parsed.name, type: word(0), class: word(2) });
    at = parsed.next + 4;
  }
  return questions;
}

function parseEdns(octets: Uint8Array, opt: MessageRecord): Edns | undefined {
  const options = parseEdnsOptions(octets.subarray(opt.rdataAt, opt.rdataAt + opt.rdataLength));
  if (!options) return undefined;
  return { udpSize: opt.class, version: (opt.ttl >>> 16) & 255, flags: opt.ttl & 0xffff, options };
}

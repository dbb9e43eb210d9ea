/**
 * What AXFR and IXFR have in common: messages in, each checked, their records handed on one by one with parsed RDATA. No
 * object for a record.
 */
import { Flag, parseEdnsOptions, RecordCursor, Section } from "#message";
import { type Name, nameEquals, printName } from "#name";
import { parseRdataInto, RRClass, RRType, typeName } from "#rdata";
import type { ZoneErrorCode } from "#zone";
import { readExpire } from "./query.ts";
import { type Asked, checkResponse, type ResponseProblemCode } from "./response.ts";

/** Why a transfer is refused, whatever was asked. */
export type StreamCode =
  | ResponseProblemCode
  | ZoneErrorCode
  | "empty-message"
  | "first-not-soa"
  | "soa-below-apex"
  | "wrong-class"
  | "records-after-end"
  | "message-after-end"
  | "stream-ended";

export type TransferWarning = "aa-missing";

export type TransferRefusal<Code extends string> = {
  readonly kind: "refused";
  readonly code: Code;
  /** One sentence: what, at which record, owner and type, and where in the stream. */
  readonly text: string;
  readonly rcode?: number;
};

/** Told of every record of class IN of an answer section, in order. The octets are views that hold for the call. */
export type TakeRecord<Code extends string> = (
  records: RecordCursor,
  rdata: Uint8Array,
  rdataAt: number,
  length: number,
) => TransferRefusal<Code> | undefined;

/** Where the RDATA of the next record is to be written: 65535 octets from `at` on. */
export type RdataRoom = () => { readonly octets: Uint8Array; readonly at: number };

const MAX_RDATA = 65_535;

/** The messages of one transfer. Keeps: what was refused once stays refused. */
export class RecordStream<Code extends string> {
  readonly #asked: Asked;
  readonly #take: TakeRecord<Code | StreamCode>;
  readonly #room: RdataRoom;
  readonly #warnings = new Set<TransferWarning>();
  #messages = 0;
  #expireLeftSeconds: number | undefined;
  #refusal: TransferRefusal<Code | StreamCode> | undefined;

  /** `room`: default is a place of its own, written over by each record. */
  constructor(asked: Asked, take: TakeRecord<Code | StreamCode>, room: RdataRoom = ownRoom()) {
    this.#asked = asked;
    this.#room = room;
    this.#take = take;
  }

  get messages(): number {
    return this.#messages;
  }

  get refusal(): TransferRefusal<Code | StreamCode> | undefined {
    return this.#refusal;
  }

  /** What EDNS EXPIRE of the first message says (RFC 7314); undefined when it says nothing. */
  get expireLeftSeconds(): number | undefined {
    return this.#expireLeftSeconds;
  }

  get warnings(): readonly TransferWarning[] {
    return [...this.#warnings];
  }

  accept(message: Uint8Array): TransferRefusal<Code | StreamCode> | undefined {
    if (this.#refusal) return this.#refusal;
    this.#messages++;
    const problem = checkResponse(message, this.#asked, this.#messages === 1);
    if (problem) return this.refuse(problem.code, problem.text, problem.rcode);
    if (((message[2]! << 8) & Flag.AA) === 0) this.#warnings.add("aa-missing");
    return this.#takeRecords(new RecordCursor(message));
  }

  isApex(records: RecordCursor): boolean {
    return nameEquals(ownerOf(records), this.#asked.apex);
  }

  refuseRecord(code: Code | StreamCode, what: string, records: RecordCursor): TransferRefusal<Code | StreamCode> {
    return this.refuse(code, `${printName(ownerOf(records))} ${typeName(records.type)}: ${what}${this.place(records)}`);
  }

  /** Where a record stands, for the end of a sentence. */
  place(records: RecordCursor): string {
    return ` (message ${this.#messages}, offset ${records.start})`;
  }

  refuse(code: Code | StreamCode, text: string, rcode?: number): TransferRefusal<Code | StreamCode> {
    this.#refusal = rcode === undefined ? { kind: "refused", code, text } : { kind: "refused", code, text, rcode };
    return this.#refusal;
  }

  #takeRecords(records: RecordCursor): TransferRefusal<Code | StreamCode> | undefined {
    let answers = 0;
    // Bounded by the message: each turn takes 11 octets of it at least.
    while (records.next()) {
      // Only OPT and TSIG are expected behind the answer section (RFC 5936 section 2.2); what else is there is walked over.
      if (records.section !== Section.Answer) {
        if (records.type === RRType.OPT && this.#messages === 1) this.#takeOpt(records);
        continue;
      }
      answers++;
      const refusal = this.#takeRecord(records);
      if (refusal) return refusal;
    }
    if (!records.finished)
      return this.refuse("malformed", `record cut off or octets left over at offset ${records.start}`);
    return answers === 0 ? this.refuse("empty-message", "no records") : undefined;
  }

  #takeOpt({ message, rdataAt, rdataLength }: RecordCursor): void {
    this.#expireLeftSeconds ??= readExpire(parseEdnsOptions(message.subarray(rdataAt, rdataAt + rdataLength)));
  }

  #takeRecord(records: RecordCursor): TransferRefusal<Code | StreamCode> | undefined {
    if (records.class !== RRClass.IN) return this.refuseRecord("wrong-class", `class ${records.class}`, records);
    const { octets, at } = this.#room();
    const length = parseRdataInto(records.type, records.message, records.rdataAt, records.rdataLength, octets, at);
    if (length < 0) return this.refuseRecord("bad-rdata", `malformed RDATA of ${records.rdataLength} octets`, records);
    return this.#take(records, octets, at, length);
  }
}

function ownRoom(): RdataRoom {
  const room = { octets: new Uint8Array(MAX_RDATA), at: 0 };
  return () => room;
}

function ownerOf(records: RecordCursor): Name {
  return records.owner.subarray(0, records.ownerLength);
}

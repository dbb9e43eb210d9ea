/**
 * A zone transfer as messages come in (RFC 5936): no I/O, no clock, a million records without an object for each.
 *
 * ```
 *  message ─▶ header, question ─▶ SOA ─▶ records … ─▶ the same SOA ─▶ ZoneVersion
 *                 │ refused        │        │              │ anything behind it: refused
 *                 ▼                ▼        ▼              ▼
 *               the whole transfer is thrown away; what was served is served on
 * ```
 */
import { compareBytes } from "#bytes";
import { Flag, RecordCursor, Section } from "#message";
import { type Name, nameEquals, printName } from "#name";
import { canonicalRdata, parseRdataInto, RRClass, RRType, typeName } from "#rdata";
import { DEFAULT_ZONE_LIMITS, ZoneBuilder, type ZoneErrorCode, type ZoneLimits, type ZoneVersion } from "#zone";
import { checkResponse, type ResponseProblemCode } from "./response.ts";

export type AxfrCode =
  | ResponseProblemCode
  | ZoneErrorCode
  | "empty-message"
  | "first-not-soa"
  | "soa-in-the-middle"
  | "soa-below-apex"
  | "wrong-class"
  | "records-after-end"
  | "message-after-end"
  | "stream-ended";

export type AxfrWarning = "aa-missing";

export type AxfrRefusal = {
  readonly kind: "refused";
  readonly code: AxfrCode;
  /** One sentence: what, at which record, owner and type, and where in the stream. */
  readonly text: string;
  readonly rcode?: number;
};

export type AxfrOutcome =
  | { readonly kind: "more" }
  | { readonly kind: "done"; readonly zone: ZoneVersion; readonly warnings: readonly AxfrWarning[] }
  | AxfrRefusal;

export type AxfrSettings = {
  readonly apex: Name;
  /** Of the query. */
  readonly id: number;
  readonly limits?: ZoneLimits;
};

const MORE: AxfrOutcome = { kind: "more" };
const MAX_RDATA = 65_535;

/** One transfer. Feed every message in order, TSIG already verified and taken off; "refused" and "done" are final. */
export class AxfrInterpreter {
  readonly #apex: Name;
  readonly #id: number;
  readonly #builder: ZoneBuilder;
  readonly #rdata = new Uint8Array(MAX_RDATA);
  readonly #warnings = new Set<AxfrWarning>();
  /** Canonical RDATA of the SOA that opened the transfer. */
  #openingSoa: Uint8Array | undefined;
  #closed = false;
  #messages = 0;
  #final: AxfrOutcome | undefined;

  constructor(settings: AxfrSettings) {
    this.#apex = settings.apex;
    this.#id = settings.id;
    this.#builder = new ZoneBuilder(settings.apex, settings.limits ?? DEFAULT_ZONE_LIMITS);
  }

  /** Progress: messages and records so far. */
  get messages(): number {
    return this.#messages;
  }

  get records(): number {
    return this.#builder.recordCount;
  }

  accept(message: Uint8Array): AxfrOutcome {
    if (this.#final)
      return this.#final.kind === "refused" ? this.#final : this.#refuse("message-after-end", "behind the closing SOA");
    this.#messages++;
    const problem = checkResponse(message, { id: this.#id, apex: this.#apex, type: RRType.AXFR }, this.#messages === 1);
    if (problem) return this.#refuse(problem.code, problem.text, problem.rcode);
    if (((message[2]! << 8) & Flag.AA) === 0) this.#warnings.add("aa-missing");
    const refusal = this.#takeRecords(new RecordCursor(message));
    if (refusal) return refusal;
    if (!this.#closed) return MORE;
    const finished = this.#builder.finish();
    if (!finished.ok) return this.#refuse(finished.error.code, finished.error.text);
    this.#final = { kind: "done", zone: finished.value, warnings: [...this.#warnings] };
    return this.#final;
  }

  /** The connection ended. Refused, unless the transfer was complete. */
  end(): AxfrOutcome {
    return (
      this.#final ??
      this.#refuse("stream-ended", `the stream ended after ${this.records} records, before the closing SOA`)
    );
  }

  #takeRecords(records: RecordCursor): AxfrRefusal | undefined {
    let answers = 0;
    // Bounded by the message: each turn takes 11 octets of it at least.
    while (records.next()) {
      // Only OPT and TSIG are expected behind the answer section (RFC 5936 section 2.2); they are walked over.
      if (records.section !== Section.Answer) continue;
      answers++;
      const refusal = this.#takeRecord(records);
      if (refusal) return refusal;
    }
    if (!records.finished)
      return this.#refuse("malformed", `record cut off or octets left over at offset ${records.start}`);
    return answers === 0 ? this.#refuse("empty-message", "no records") : undefined;
  }

  #takeRecord(records: RecordCursor): AxfrRefusal | undefined {
    const { type } = records;
    if (this.#closed) return this.#refuseRecord("records-after-end", "stands behind the closing SOA", records);
    if (records.class !== RRClass.IN) return this.#refuseRecord("wrong-class", `class ${records.class}`, records);
    const length = parseRdataInto(type, records.message, records.rdataAt, records.rdataLength, this.#rdata, 0);
    if (length < 0) return this.#refuseRecord("bad-rdata", `malformed RDATA of ${records.rdataLength} octets`, records);
    if (type === RRType.SOA || this.#openingSoa === undefined) {
      const refusal = this.#takeSoa(records, length);
      if (refusal || this.#closed) return refusal;
    }
    const { owner, ownerLength, ttl } = records;
    const error = this.#builder.addFrom(owner, 0, ownerLength, type, ttl, this.#rdata, 0, length);
    return error && this.#refuse(error.code, `${error.text}${this.#place(records)}`);
  }

  /** The first record, and every SOA: the first opens, the same again closes. */
  #takeSoa(records: RecordCursor, length: number): AxfrRefusal | undefined {
    const atApex = nameEquals(records.owner.subarray(0, records.ownerLength), this.#apex);
    if (this.#openingSoa === undefined && (records.type !== RRType.SOA || !atApex))
      return this.#refuseRecord("first-not-soa", "stands where the zone's SOA has to", records);
    if (!atApex) return this.#refuseRecord("soa-below-apex", "only the apex has a SOA", records);
    const soa = canonicalRdata(RRType.SOA, this.#rdata.slice(0, length));
    if (this.#openingSoa === undefined) this.#openingSoa = soa;
    else if (compareBytes(soa, this.#openingSoa) === 0) this.#closed = true;
    else return this.#refuseRecord("soa-in-the-middle", "differs from the SOA that opened the transfer", records);
    return undefined;
  }

  #refuseRecord(code: AxfrCode, what: string, records: RecordCursor): AxfrRefusal {
    const owner = printName(records.owner.subarray(0, records.ownerLength));
    return this.#refuse(code, `${owner} ${typeName(records.type)}: ${what}${this.#place(records)}`);
  }

  #place(records: RecordCursor): string {
    return ` (message ${this.#messages}, offset ${records.start})`;
  }

  #refuse(code: AxfrCode, text: string, rcode?: number): AxfrRefusal {
    const refusal: AxfrRefusal =
      rcode === undefined ? { kind: "refused", code, text } : { kind: "refused", code, text, rcode };
    this.#final = refusal;
    return refusal;
  }
}

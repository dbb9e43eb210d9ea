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
import type { RecordCursor } from "#message";
import type { Name } from "#name";
import { canonicalRdata, RRType } from "#rdata";
import { DEFAULT_ZONE_LIMITS, ZoneBuilder, type ZoneLimits, type ZoneVersion } from "#zone";
import { RecordStream, type StreamCode, type TransferRefusal, type TransferWarning } from "./record-stream.ts";

export type AxfrCode = StreamCode | "soa-in-the-middle";

export type AxfrWarning = TransferWarning;

export type AxfrRefusal = TransferRefusal<AxfrCode>;

export type AxfrOutcome =
  | { readonly kind: "more" }
  | {
      readonly kind: "done";
      readonly zone: ZoneVersion;
      readonly warnings: readonly AxfrWarning[];
      /** EDNS EXPIRE (RFC 7314): seconds that the primary's own copy holds; undefined when it does not say. */
      readonly expireLeftSeconds: number | undefined;
    }
  | AxfrRefusal;

export type AxfrSettings = {
  readonly apex: Name;
  /** Of the query. */
  readonly id: number;
  readonly limits?: ZoneLimits;
  /** What was asked: a whole zone may also be the answer to IXFR (RFC 1995 section 4). AXFR when not given. */
  readonly asked?: number;
};

const MORE: AxfrOutcome = { kind: "more" };

/** One transfer. Feed every message in order, TSIG already verified and taken off; "refused" and "done" are final. */
export class AxfrInterpreter {
  readonly #stream: RecordStream<AxfrCode>;
  readonly #builder: ZoneBuilder;
  /** Canonical RDATA of the SOA that opened the transfer. */
  #openingSoa: Uint8Array | undefined;
  #closed = false;
  #done: AxfrOutcome | undefined;

  constructor(settings: AxfrSettings) {
    const { apex, id, asked } = settings;
    this.#builder = new ZoneBuilder(settings.apex, settings.limits ?? DEFAULT_ZONE_LIMITS);
    // RDATA is parsed to where it stays.
    this.#stream = new RecordStream(
      { apex, id, type: asked ?? RRType.AXFR },
      (records, rdata, at, length) => this.#takeRecord(records, rdata, at, length),
      () => this.#builder.rdataSpace(),
    );
  }

  /** Progress: messages and records so far. */
  get messages(): number {
    return this.#stream.messages;
  }

  get records(): number {
    return this.#builder.recordCount;
  }

  accept(message: Uint8Array): AxfrOutcome {
    if (this.#done) return this.#refuse("message-after-end", "behind the closing SOA");
    const refusal = this.#stream.accept(message);
    if (refusal) return refusal;
    if (!this.#closed) return MORE;
    const finished = this.#builder.finish();
    if (!finished.ok) return this.#stream.refuse(finished.error.code, finished.error.text);
    const { warnings, expireLeftSeconds } = this.#stream;
    this.#done = { kind: "done", zone: finished.value, warnings, expireLeftSeconds };
    return this.#done;
  }

  /** The connection ended. Refused, unless the transfer was complete. */
  end(): AxfrOutcome {
    const text = `the stream ended after ${this.records} records, before the closing SOA`;
    return this.#done ?? this.#stream.refusal ?? this.#stream.refuse("stream-ended", text);
  }

  #takeRecord(records: RecordCursor, rdata: Uint8Array, at: number, length: number): AxfrRefusal | undefined {
    const { owner, ownerLength, type, ttl } = records;
    if (this.#closed) return this.#stream.refuseRecord("records-after-end", "stands behind the closing SOA", records);
    if (type === RRType.SOA || this.#openingSoa === undefined) {
      const refusal = this.#takeSoa(records, rdata.subarray(at, at + length));
      if (refusal || this.#closed) return refusal;
    }
    const error = this.#builder.addFrom(owner, 0, ownerLength, type, ttl, rdata, at, length, records.sameOwner);
    return error && this.#stream.refuse(error.code, `${error.text}${this.#stream.place(records)}`);
  }

  /** The first record, and every SOA: the first opens, the same again closes. */
  #takeSoa(records: RecordCursor, rdata: Uint8Array): AxfrRefusal | undefined {
    const stream = this.#stream;
    const atApex = stream.isApex(records);
    if (this.#openingSoa === undefined && (records.type !== RRType.SOA || !atApex))
      return stream.refuseRecord("first-not-soa", "stands where the zone's SOA has to", records);
    if (!atApex) return stream.refuseRecord("soa-below-apex", "only the apex has a SOA", records);
    const soa = canonicalRdata(RRType.SOA, rdata.slice());
    if (this.#openingSoa === undefined) this.#openingSoa = soa;
    else if (compareBytes(soa, this.#openingSoa) === 0) this.#closed = true;
    else return stream.refuseRecord("soa-in-the-middle", "differs from the SOA that opened the transfer", records);
    return undefined;
  }

  #refuse(code: AxfrCode, text: string): AxfrRefusal {
    this.#done = undefined;
    return this.#stream.refuse(code, text);
  }
}

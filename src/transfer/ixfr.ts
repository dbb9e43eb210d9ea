/**
 * An incremental transfer as messages come in (RFC 1995 section 4): all shapes of a reply, no I/O, no clock.
 *
 * ```
 *  SOA (newest) ─┬─ nothing behind it: same serial ─▶ current;  over UDP, newer ─▶ use-tcp;  older ─▶ refused
 *                ├─ SOA = ours ─▶ deletions ─▶ SOA ─▶ additions ─┬─▶ SOA (newest again) ─▶ changes
 *                │                    ▲                          │
 *                │                    └──── SOA = the last one ◀─┘     one change for each turn, condensed or not
 *                └─ anything else: a whole zone ─▶ AxfrInterpreter, from the first message on
 * ```
 * The changes fit together and start from the serial that we have. Whether they fit the records that we have is for
 * `applyChanges` of #zone to see.
 */
import { compareBytes } from "#bytes";
import type { RecordCursor } from "#message";
import { isSubdomain } from "#name";
import { canonicalRdata, isMetaType, RRType, readSoa } from "#rdata";
import { DEFAULT_ZONE_LIMITS, RecordBatch, serialCompare, serialNewer, ZoneChange, type ZoneLimits } from "#zone";
import { type AxfrCode, AxfrInterpreter, type AxfrOutcome, type AxfrSettings } from "./axfr.ts";
import { RecordStream, type TransferRefusal, type TransferWarning } from "./record-stream.ts";

export type IxfrCode =
  | AxfrCode
  /** The first change starts from another serial than ours. */
  | "wrong-base"
  /** A change does not start where the one before ended, or leads past the newest serial, or backwards. */
  | "broken-chain"
  /** Two SOA records of the same serial differ. */
  | "soa-differs"
  /** The primary's newest serial is not newer than ours. */
  | "older-serial"
  | "too-many-changes";

export type IxfrRefusal = TransferRefusal<IxfrCode>;

export type IxfrOutcome =
  | AxfrOutcome
  | {
      readonly kind: "changes";
      /** One at least, oldest first. */
      readonly changes: readonly ZoneChange[];
      /** That they lead to. */
      readonly serial: number;
      readonly warnings: readonly TransferWarning[];
      /** As with a whole zone. */
      readonly expireLeftSeconds: number | undefined;
    }
  /** The primary has our serial. */
  | { readonly kind: "current"; readonly serial: number }
  /** The primary has something newer that does not fit into a datagram (RFC 1995 section 2). */
  | { readonly kind: "use-tcp"; readonly serial: number | undefined }
  | IxfrRefusal;

export type IxfrSettings = Omit<AxfrSettings, "asked"> & {
  /** Serial of the version that is to be brought up to date. */
  readonly serial: number;
  /** Over UDP the one message is all there is. */
  readonly transport?: "tcp" | "udp";
};

/** Changes in one transfer. A primary keeps some tens or hundreds; each costs two buffers here. */
export const MAX_CHANGES = 10_000;

/** A change that replaces everything deletes and adds every record once. */
const TIMES_RECORDS = 2;

/** RFC 2181 section 8: a TTL with the top bit set counts as zero. */
const MAX_TTL = 0x7fff_ffff;

const MORE: IxfrOutcome = { kind: "more" };

type SoaFacts = { readonly serial: number; readonly canonical: Uint8Array };

/** One transfer. Feed every message in order, TSIG already verified and taken off; all outcomes but "more" are final. */
export class IxfrInterpreter {
  readonly #settings: IxfrSettings;
  readonly #limits: ZoneLimits;
  readonly #stream: RecordStream<IxfrCode>;
  /** Messages from the first one on, until it is known what kind of reply this is: two at most. */
  #undecided: Uint8Array[] | undefined = [];
  /** Reads on when the reply is a whole zone. */
  #whole: AxfrInterpreter | undefined;
  #isWhole = false;
  #newest: SoaFacts | undefined;
  /** The SOA that was read last inside the chain. */
  #last: SoaFacts | undefined;
  readonly #changes: ZoneChange[] = [];
  #into: RecordBatch | undefined;
  #deleting: RecordBatch | undefined;
  #records = 0;
  #octets = 0;
  #closed = false;
  #final: IxfrOutcome | undefined;

  constructor(settings: IxfrSettings) {
    this.#settings = settings;
    this.#limits = settings.limits ?? DEFAULT_ZONE_LIMITS;
    const { apex, id } = settings;
    this.#stream = new RecordStream({ apex, id, type: RRType.IXFR }, (records, rdata, _at, length) =>
      this.#takeRecord(records, rdata, length),
    );
  }

  /** Progress: messages and records so far. */
  get messages(): number {
    return this.#whole?.messages ?? this.#stream.messages;
  }

  get records(): number {
    return this.#whole?.records ?? this.#records;
  }

  /** Nothing came yet but the newest SOA: that is all there is (RFC 1995 section 2), or more comes. Nobody can tell by looking. */
  get isOnlySoa(): boolean {
    return this.#records === 1 && !this.#whole && !this.#final;
  }

  accept(message: Uint8Array): IxfrOutcome {
    if (this.#whole) return this.#whole.accept(message);
    if (this.#final) return this.#afterEnd(this.#final);
    const refusal = this.#stream.accept(message);
    if (refusal) return this.#refused(refusal);
    if (this.#isWhole) return this.#startWhole(message);
    if (this.#closed) return this.#changed();
    if (this.#records === 1) return this.#onlySoa(message);
    this.#undecided = undefined;
    return this.#settings.transport === "udp" ? this.end() : MORE;
  }

  /** The connection ended. Refused, unless the transfer was complete. */
  end(): IxfrOutcome {
    if (this.#whole) return this.#whole.end();
    const text = `the stream ended after ${this.#records} records, before the closing SOA`;
    return this.#final ?? this.#stream.refusal ?? this.#stream.refuse("stream-ended", text);
  }

  #refused(refusal: IxfrRefusal): IxfrOutcome {
    if (refusal.code !== "truncated" || this.#settings.transport !== "udp") return refusal;
    this.#final = { kind: "use-tcp", serial: undefined };
    return this.#final;
  }

  #afterEnd(final: IxfrOutcome): IxfrOutcome {
    if (final.kind === "refused") return final;
    this.#final = this.#stream.refuse("message-after-end", "behind the end of the transfer");
    return this.#final;
  }

  #startWhole(message: Uint8Array): IxfrOutcome {
    const { apex, id, limits } = this.#settings;
    this.#whole = new AxfrInterpreter({ apex, id, limits, asked: RRType.IXFR });
    let outcome: AxfrOutcome = { kind: "more" };
    for (const kept of [...(this.#undecided ?? []), message]) outcome = this.#whole.accept(kept);
    this.#undecided = undefined;
    return outcome.kind === "more" && this.#settings.transport === "udp" ? this.#whole.end() : outcome;
  }

  #changed(): IxfrOutcome {
    const { serial } = this.#newest!;
    const { warnings, expireLeftSeconds } = this.#stream;
    this.#final = { kind: "changes", changes: this.#changes, serial, warnings, expireLeftSeconds };
    return this.#final;
  }

  /** The newest SOA came and nothing else: an answer of its own, or the first message of many. */
  #onlySoa(message: Uint8Array): IxfrOutcome {
    const { serial } = this.#newest!;
    const order = serialCompare(serial, this.#settings.serial);
    if (order === 0) {
      this.#final = { kind: "current", serial };
    } else if (order !== 1) {
      const text = `the primary's serial ${serial} is not newer than ours, ${this.#settings.serial}`;
      this.#final = this.#stream.refuse("older-serial", text);
    } else if (this.#settings.transport === "udp") {
      this.#final = { kind: "use-tcp", serial };
    } else {
      this.#undecided?.push(message.slice());
    }
    return this.#final ?? MORE;
  }

  #takeRecord(records: RecordCursor, rdata: Uint8Array, length: number): IxfrRefusal | undefined {
    // Read from the start again as a whole zone: what is wrong with the rest of this message is found there.
    if (this.#isWhole) return undefined;
    const stream = this.#stream;
    if (this.#closed) return stream.refuseRecord("records-after-end", "stands behind the closing SOA", records);
    const { type } = records;
    this.#records++;
    this.#octets += records.ownerLength + length;
    if (this.#records > TIMES_RECORDS * this.#limits.records)
      return stream.refuseRecord(
        "too-many-records",
        `more than ${TIMES_RECORDS} times ${this.#limits.records}`,
        records,
      );
    if (this.#octets > this.#limits.octets)
      return stream.refuseRecord("too-many-octets", `more than ${this.#limits.octets} octets of changes`, records);
    if (type === RRType.SOA) return this.#takeSoa(records, rdata.subarray(0, length));
    if (this.#newest === undefined)
      return stream.refuseRecord("first-not-soa", "stands where the zone's SOA has to", records);
    if (!this.#into) {
      this.#isWhole = true;
      return undefined;
    }
    if (isMetaType(type)) return stream.refuseRecord("meta-type", "a query type or pseudo-type", records);
    if (!isSubdomain(records.owner.subarray(0, records.ownerLength), this.#settings.apex))
      return stream.refuseRecord("out-of-zone", "outside the zone", records);
    this.#append(this.#into, records, rdata, length);
    return undefined;
  }

  #takeSoa(records: RecordCursor, rdata: Uint8Array): IxfrRefusal | undefined {
    if (!this.#stream.isApex(records)) {
      const code = this.#newest === undefined ? "first-not-soa" : "soa-below-apex";
      return this.#stream.refuseRecord(code, "only the apex has a SOA", records);
    }
    const soa: SoaFacts = { serial: readSoa(rdata).serial, canonical: canonicalRdata(RRType.SOA, rdata.slice()) };
    if (this.#newest === undefined) this.#newest = soa;
    else if (this.#last === undefined) return this.#takeBase(soa, records, rdata);
    else if (this.#deleting !== undefined) return this.#takeNewSoa(this.#deleting, soa, records, rdata);
    else return this.#takeNextSoa(this.#last, soa, records, rdata);
    return undefined;
  }

  /** The second record: the SOA of the version that the first change starts from. */
  #takeBase(soa: SoaFacts, records: RecordCursor, rdata: Uint8Array): IxfrRefusal | undefined {
    const { serial: ours } = this.#settings;
    if (sameSoa(soa, this.#newest!)) {
      // SOA, SOA: a whole zone that is nothing but its SOA.
      this.#isWhole = true;
      return undefined;
    }
    if (soa.serial !== ours)
      return this.#stream.refuseRecord("wrong-base", `starts from serial ${soa.serial}, ours is ${ours}`, records);
    return this.#beginChange(soa, records, rdata);
  }

  #beginChange(soa: SoaFacts, records: RecordCursor, rdata: Uint8Array): IxfrRefusal | undefined {
    if (this.#changes.length >= MAX_CHANGES)
      return this.#stream.refuseRecord("too-many-changes", `more than ${MAX_CHANGES} changes`, records);
    this.#last = soa;
    this.#deleting = new RecordBatch();
    this.#into = this.#deleting;
    this.#append(this.#into, records, rdata, rdata.length);
    return undefined;
  }

  /** Deletions end: the SOA of the version that this change leads to. */
  #takeNewSoa(
    deletions: RecordBatch,
    soa: SoaFacts,
    records: RecordCursor,
    rdata: Uint8Array,
  ): IxfrRefusal | undefined {
    const from = this.#last!.serial;
    const newest = this.#newest!;
    if (!serialNewer(soa.serial, from) || serialNewer(soa.serial, newest.serial)) {
      const text = `leads from serial ${from} to ${soa.serial}, the newest is ${newest.serial}`;
      return this.#stream.refuseRecord("broken-chain", text, records);
    }
    if (soa.serial === newest.serial && !sameSoa(soa, newest)) return this.#differs(records);
    this.#last = soa;
    this.#deleting = undefined;
    const additions = new RecordBatch();
    this.#changes.push(new ZoneChange(deletions, additions));
    this.#into = additions;
    this.#append(additions, records, rdata, rdata.length);
    return undefined;
  }

  /** Additions end: the closing SOA, or the one that the next change starts from. */
  #takeNextSoa(last: SoaFacts, soa: SoaFacts, records: RecordCursor, rdata: Uint8Array): IxfrRefusal | undefined {
    if (soa.serial !== last.serial) {
      const text = `serial ${soa.serial} follows on a change to ${last.serial}`;
      return this.#stream.refuseRecord("broken-chain", text, records);
    }
    if (!sameSoa(soa, last)) return this.#differs(records);
    if (soa.serial !== this.#newest!.serial) return this.#beginChange(soa, records, rdata);
    this.#closed = true;
    return undefined;
  }

  #differs(records: RecordCursor): IxfrRefusal {
    return this.#stream.refuseRecord("soa-differs", "differs from another SOA of the same serial", records);
  }

  #append(batch: RecordBatch, records: RecordCursor, rdata: Uint8Array, length: number): void {
    const { owner, ownerLength, type, ttl } = records;
    batch.append(owner, ownerLength, type, ttl > MAX_TTL ? 0 : ttl, rdata, length);
  }
}

function sameSoa(a: SoaFacts, b: SoaFacts): boolean {
  return compareBytes(a.canonical, b.canonical) === 0;
}

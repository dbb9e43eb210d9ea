/** The records of a zone under construction: flat columns in the order of arrival, no object for a record. */
import { RRType } from "#rdata";
import { grown, longerLength, sharedColumn } from "./grow.ts";
import type { ZoneLimits } from "./limits.ts";

const FIRST_RECORDS = 16;
const FIRST_RDATA = 512;
const MAX_RDATA = 65_535;

/** Room for the RDATA of one record: `octets` from `at` on. */
export type RdataSpace = { octets: Uint8Array; at: number };

/** Keeps: entry `i` of every column belongs to record `i`, and its RDATA lies in `rdata[offsets[i]..+lengths[i])`. */
export class RecordColumns {
  count = 0;
  names: Uint32Array = sharedColumn(Uint32Array, FIRST_RECORDS);
  /** `rrsetKey`: orders the RRsets of a name, RRSIGs behind what they cover. */
  keys: Uint32Array = sharedColumn(Uint32Array, FIRST_RECORDS);
  ttls: Uint32Array = sharedColumn(Uint32Array, FIRST_RECORDS);
  offsets: Uint32Array = sharedColumn(Uint32Array, FIRST_RECORDS);
  lengths: Uint16Array = sharedColumn(Uint16Array, FIRST_RECORDS);
  rdata: Uint8Array = sharedColumn(Uint8Array, FIRST_RDATA);
  rdataUsed = 0;
  readonly #limits: ZoneLimits;
  readonly #space: RdataSpace = { octets: this.rdata, at: 0 };

  constructor(limits: ZoneLimits) {
    this.#limits = limits;
  }

  /** Where the next RDATA will stand: what is written there and then appended is not copied. */
  space(): RdataSpace {
    const needed = this.rdataUsed + MAX_RDATA;
    if (needed > this.rdata.length) this.#growRdata(needed);
    this.#space.octets = this.rdata;
    this.#space.at = this.rdataUsed;
    return this.#space;
  }

  append(name: number, key: number, ttl: number, source: Uint8Array, at: number, length: number): void {
    const i = this.count;
    if (i === this.names.length) this.#growRecords();
    const start = this.rdataUsed;
    if (source !== this.rdata || at !== start) this.#copy(source, at, length);
    this.names[i] = name;
    this.keys[i] = key;
    this.ttls[i] = ttl;
    this.offsets[i] = start;
    this.lengths[i] = length;
    this.rdataUsed = start + length;
    this.count = i + 1;
  }

  #copy(source: Uint8Array, at: number, length: number): void {
    const start = this.rdataUsed;
    if (start + length > this.rdata.length) this.#growRdata(start + length);
    const { rdata } = this;
    if (length > 48) rdata.set(source.subarray(at, at + length), start);
    else for (let k = 0; k < length; k++) rdata[start + k] = source[at + k]!;
  }

  #growRdata(needed: number): void {
    const { octets } = this.#limits;
    this.rdata = grown(this.rdata, longerLength(this.rdata.length, needed, octets), octets);
  }

  #growRecords(): void {
    const { records: most } = this.#limits;
    const needed = longerLength(this.names.length, this.count + 1, most);
    this.names = grown(this.names, needed, most);
    this.keys = grown(this.keys, needed, most);
    this.ttls = grown(this.ttls, needed, most);
    this.offsets = grown(this.offsets, needed, most);
    this.lengths = grown(this.lengths, needed, most);
  }
}

/** One number for (covered type or type, is it a signature): RRSIGs sort right behind the RRset they cover. */
export function rrsetKey(type: number, covered: number): number {
  return type === RRType.RRSIG ? covered * 2 + 1 : type * 2;
}

export function keyType(key: number): number {
  return (key & 1) === 1 ? RRType.RRSIG : key >>> 1;
}

/** 0 for everything but RRSIG. */
export function keyCovered(key: number): number {
  return (key & 1) === 1 ? key >>> 1 : 0;
}

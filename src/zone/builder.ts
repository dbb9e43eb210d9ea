/**
 * Takes records in as they come, in any order, and finishes them into a ZoneVersion.
 *
 * ```
 *  add ─▶ owner table (each name once) + record columns ─▶ finish ─▶ names in canonical order, RRsets grouped ─▶ ZoneVersion
 * ```
 */
import { fail, ok, type Result } from "#bytes";
import { type Name, printName } from "#name";
import { isMetaType, RRType, typeName } from "#rdata";
import { assemble } from "./assemble.ts";
import { DEFAULT_ZONE_LIMITS, MAX_NAME_PROBE, type ZoneError, type ZoneErrorCode, type ZoneLimits } from "./limits.ts";
import { NAME_COLLIDES, NAME_MALFORMED, NAME_OUT_OF_ZONE, NameTable } from "./name-table.ts";
import { hasMoreNodes } from "./node-count.ts";
import { type RdataSpace, RecordColumns, rrsetKey } from "./records.ts";
import { ZoneVersion } from "./version.ts";

/** RRSIG: type covered to signature inception, 18 octets, then a signer of at least one (RFC 4034 section 3.1). */
const SHORTEST_RRSIG = 19;
/** SOA: two names of at least one octet and five words (RFC 1035 section 3.3.13). */
const SHORTEST_SOA = 22;
const MAX_RDATA = 65_535;
/** RFC 2181 section 8: a TTL with the top bit set counts as zero. */
const MAX_TTL = 0x7fff_ffff;

const ADDED: Result<void, ZoneError> = ok(undefined);

/**
 * One zone version in the making; of no use after `finish`. The first error is final: whoever gets one throws the
 * builder away. RDATA is trusted to be well-formed for its type (parsed by #rdata), uncompressed; the owner is checked.
 */
export class ZoneBuilder {
  readonly apex: Name;
  readonly limits: ZoneLimits;
  readonly #names: NameTable;
  readonly #records: RecordColumns;
  #lastName = -1;

  constructor(apex: Name, limits: ZoneLimits = DEFAULT_ZONE_LIMITS) {
    this.apex = apex.slice();
    this.limits = limits;
    this.#names = new NameTable(this.apex, limits);
    this.#records = new RecordColumns(limits);
  }

  /** Records so far, duplicates counted. */
  get recordCount(): number {
    return this.#records.count;
  }

  /** One record of class IN. TTL in seconds. */
  add(owner: Name, type: number, ttl: number, rdata: Uint8Array): Result<void, ZoneError> {
    const error = this.addFrom(owner, 0, owner.length, type, ttl, rdata, 0, rdata.length);
    return error === undefined ? ADDED : fail(error);
  }

  /** Where RDATA may be written before it is given to `addFrom`: it is not copied then. Holds until the next call. */
  rdataSpace(): RdataSpace {
    return this.#records.space();
  }

  /**
   * The same without making objects, for transfers: the owner in wire form, uncompressed, is
   * `owner[ownerAt..+ownerLength)`, the RDATA `rdata[rdataAt..+rdataLength)`; both are copied. `sameOwner`: it is known to be
   * the one of the record before. Undefined when it was taken.
   */
  addFrom(
    owner: Uint8Array,
    ownerAt: number,
    ownerLength: number,
    type: number,
    ttl: number,
    rdata: Uint8Array,
    rdataAt: number,
    rdataLength: number,
    sameOwner = false,
  ): ZoneError | undefined {
    const names = this.#names;
    const records = this.#records;
    let name = this.#lastName;
    if (name < 0 || !(sameOwner || names.isExactly(name, owner, ownerAt, ownerLength))) {
      name = names.intern(owner, ownerAt, ownerLength);
      if (name < 0) return this.#refuseName(name, owner, ownerAt, ownerLength, type);
      this.#lastName = name;
    }
    if (isMetaType(type)) return this.#refuse("meta-type", type, "a query type or pseudo-type can't stand in a zone");
    if (rdataLength > MAX_RDATA || !longEnough(type, rdataLength))
      return this.#refuse("bad-rdata", type, `RDATA of ${rdataLength} octets`);
    if (records.count >= this.limits.records)
      return this.#refuse("too-many-records", type, `more than ${this.limits.records} records`);
    if (names.octetsUsed + records.rdataUsed + rdataLength > this.limits.octets)
      return this.#refuse("too-many-octets", type, `more than ${this.limits.octets} octets of names and RDATA`);
    const covered = type === RRType.RRSIG ? (rdata[rdataAt]! << 8) | rdata[rdataAt + 1]! : 0;
    records.append(name, rrsetKey(type, covered), ttl > MAX_TTL ? 0 : ttl, rdata, rdataAt, rdataLength);
    return undefined;
  }

  /** Groups everything into RRsets. Fails without exactly one SOA at the apex (the same SOA twice is one). */
  finish(): Result<ZoneVersion, ZoneError> {
    const columns = assemble(this.apex, this.#names, this.#records);
    if (!columns.ok) return columns;
    const { names } = this.limits;
    if (hasMoreNodes(columns.value, names)) {
      const text = `more than ${names} names, empty non-terminals counted`;
      return fail({ code: "too-many-names", text });
    }
    return ok(ZoneVersion.open(columns.value));
  }

  #refuse(code: ZoneErrorCode, type: number, text: string): ZoneError {
    const owner = this.#lastName < 0 ? "" : this.#printOwner(this.#lastName);
    return { code, owner, type, text: `${owner} ${typeName(type)}: ${text}` };
  }

  #printOwner(id: number): string {
    return printName(this.#names.octets.subarray(this.#names.offsets[id]!, this.#names.offsets[id + 1]!));
  }

  #refuseName(reason: number, owner: Uint8Array, at: number, length: number, type: number): ZoneError {
    if (reason === NAME_MALFORMED)
      return { code: "bad-owner", type, text: `${typeName(type)}: the owner is no well-formed wire name` };
    const printed = printName(owner.subarray(at, at + length));
    const about = { owner: printed, type };
    const record = `${printed} ${typeName(type)}`;
    if (reason === NAME_OUT_OF_ZONE)
      return { code: "out-of-zone", ...about, text: `${record}: not at or below ${printName(this.apex)}` };
    if (reason === NAME_COLLIDES)
      return { code: "colliding-names", ...about, text: `${record}: over ${MAX_NAME_PROBE} owner names collide` };
    return { code: "too-many-names", ...about, text: `${record}: more than ${this.limits.names} owner names` };
  }
}

function longEnough(type: number, rdataLength: number): boolean {
  if (type === RRType.RRSIG) return rdataLength >= SHORTEST_RRSIG;
  return type !== RRType.SOA || rdataLength >= SHORTEST_SOA;
}

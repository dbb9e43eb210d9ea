/** One version of a zone, whole and unchanging: the reader over finished columns. */
import { compareNames, type Name } from "#name";
import { RRType } from "#rdata";
import { COLUMNS_LAYOUT, type ZoneColumns } from "./columns.ts";

/**
 * RRs of one owner and type, class IN. `ttl` in seconds. RRSIGs are grouped by the type they cover as well: each group is
 * an RRset of its own here. The octets are views of the zone: not to be written to.
 */
export type RRset = {
  readonly owner: Name;
  readonly type: number;
  readonly ttl: number;
  readonly rdatas: readonly Uint8Array[];
};

/**
 * Names, RRsets and records are numbers: names 0 to nameCount-1 in canonical order (0 is the apex), RRsets and records
 * numbered along. Keeps: columns come from `ZoneBuilder.finish` (here or in another thread), so there is one SOA at the
 * apex and every index is within bounds.
 */
export class ZoneVersion {
  readonly columns: ZoneColumns;
  readonly apex: Name;
  readonly serial: number;
  readonly nameCount: number;
  readonly rrsetCount: number;
  /** Without duplicates. */
  readonly recordCount: number;

  /** Opens columns that `finish` made, also when they came from another thread; throws only on another layout. */
  static open(columns: ZoneColumns): ZoneVersion {
    if (columns.layout !== COLUMNS_LAYOUT) throw new Error(`zone columns of layout ${columns.layout}`);
    return new ZoneVersion(columns);
  }

  private constructor(columns: ZoneColumns) {
    this.columns = columns;
    this.apex = columns.apex;
    this.nameCount = columns.nameHashes.length;
    this.rrsetCount = columns.rrsetTypes.length;
    this.recordCount = columns.recordLengths.length;
    const soa = this.soaRdata;
    const at = soa.length - 20; // SERIAL and four more words close the RDATA (RFC 1035 section 3.3.13)
    this.serial = ((soa[at]! << 24) | (soa[at + 1]! << 16) | (soa[at + 2]! << 8) | soa[at + 3]!) >>> 0;
  }

  /** The RDATA of the zone's SOA. */
  get soaRdata(): Uint8Array {
    return this.rdataOf(this.columns.rrsetRecords[this.findRRset(0, RRType.SOA)]!);
  }

  /** The owner name in wire form, a view. */
  nameOf(name: number): Name {
    const { nameOctets, nameOffsets } = this.columns;
    return nameOctets.subarray(nameOffsets[name]!, nameOffsets[name + 1]!);
  }

  /** The number of an owner name, -1 when nothing stands exactly there (also for an empty non-terminal). */
  findName(name: Name): number {
    const at = this.#lowerBound(name, 0, this.nameCount);
    return at < this.nameCount && compareNames(this.nameOf(at), name) === 0 ? at : -1;
  }

  /**
   * The first name, from number `from` on, that is not canonically before `name`; nameCount when all are. Cheap when it
   * is near `from`: it looks 1, 2, 4, … names ahead.
   */
  seekName(name: Name, from = 0): number {
    let low = from;
    for (let step = 1; ; step *= 2) {
      const probe = low + step;
      if (probe >= this.nameCount || compareNames(this.nameOf(probe), name) >= 0)
        return this.#lowerBound(name, low, Math.min(probe, this.nameCount));
      low = probe;
    }
  }

  /** The RRset at a name, -1 when there is none. `covered` selects among RRSIGs. */
  findRRset(name: number, type: number, covered = 0): number {
    const { nameRRsets, rrsetTypes, rrsetCovered } = this.columns;
    const end = nameRRsets[name + 1]!;
    for (let rrset = nameRRsets[name]!; rrset < end; rrset++)
      if (rrsetTypes[rrset] === type && rrsetCovered[rrset] === covered) return rrset;
    return -1;
  }

  /** RRsets of a name: numbers `firstRRset(name)` up to, not including, `firstRRset(name + 1)`. */
  firstRRset(name: number): number {
    return this.columns.nameRRsets[name]!;
  }

  /** Records of an RRset: numbers `firstRecord(rrset)` up to, not including, `firstRecord(rrset + 1)`. */
  firstRecord(rrset: number): number {
    return this.columns.rrsetRecords[rrset]!;
  }

  /** A view. */
  rdataOf(record: number): Uint8Array {
    const { rdata, recordOffsets, recordLengths } = this.columns;
    const start = recordOffsets[record]!;
    return rdata.subarray(start, start + recordLengths[record]!);
  }

  /** RRset number `rrset` of the name numbered `name`, as an object. */
  rrsetAt(rrset: number, name: number): RRset {
    const { rrsetTypes, rrsetTtls } = this.columns;
    const rdatas: Uint8Array[] = [];
    const end = this.firstRecord(rrset + 1);
    for (let record = this.firstRecord(rrset); record < end; record++) rdatas.push(this.rdataOf(record));
    return { owner: this.nameOf(name), type: rrsetTypes[rrset]!, ttl: rrsetTtls[rrset]!, rdatas };
  }

  /** All RRsets of a name, ascending by type covered or type. */
  rrsetsOf(name: number): RRset[] {
    const found: RRset[] = [];
    for (let rrset = this.firstRRset(name); rrset < this.firstRRset(name + 1); rrset++)
      found.push(this.rrsetAt(rrset, name));
    return found;
  }

  /** All RRsets, names in canonical order, the RRSIGs of an RRset right behind it. */
  *rrsets(): Generator<RRset> {
    for (let name = 0; name < this.nameCount; name++) {
      const end = this.firstRRset(name + 1);
      for (let rrset = this.firstRRset(name); rrset < end; rrset++) yield this.rrsetAt(rrset, name);
    }
  }

  /** The first of `low..high` whose name is not before `name`; `high` when none. */
  #lowerBound(name: Name, low: number, high: number): number {
    let from = low;
    let to = high;
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (compareNames(this.nameOf(middle), name) < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}
